import './jitless.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme.css';
import './parts/controls.css';
import { App } from './app.tsx';

const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the console');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
