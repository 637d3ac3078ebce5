import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The engine that a page under development talks to: `npm start` in another terminal, `npm run dev --workspace console` here. */
const ENGINE = 'http://127.0.0.1:3000';

/** The console: the page that the engine serves at `/`. `npm run build` leaves it in `dist/console`. */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: fileURLToPath(new URL('../node_modules/.vite', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // The content security policy has no room for data URLs of scripts and fonts.
  },
  server: {
    // The engine answers pages of its own origin only; while developing, this server stands in for it.
    proxy: { '/api': { target: ENGINE, changeOrigin: true, ws: true, headers: { origin: ENGINE } } },
  },
});
