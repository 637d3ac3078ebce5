import { useState } from 'react';
import { Button } from 'react-aria-components';

const KEY = 'callchart.theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** A button that changes the look: as the system, light, dark. This browser keeps the choice. */
export function ThemeButton() {
  const [theme, setTheme] = useState(applied);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <Button
      className="button"
      data-kind="plain"
      data-icon-only=""
      aria-label={`Look: ${theme}. Change to ${next}`}
      onPress={() => {
        setTheme(apply(next));
      }}
    >
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        {theme === 'light' && (
          <>
            <circle cx="8" cy="8" r="3" />
            <path
              d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1"
              strokeLinecap="round"
            />
          </>
        )}
        {theme === 'dark' && (
          <path d="M13.3 9.7A5.7 5.7 0 0 1 6.3 2.7a5.7 5.7 0 1 0 7 7Z" strokeLinejoin="round" />
        )}
        {theme === 'system' && (
          <>
            <circle cx="8" cy="8" r="5.8" />
            <path d="M8 2.2v11.6a5.8 5.8 0 0 0 0-11.6Z" fill="currentColor" stroke="none" />
          </>
        )}
      </svg>
    </Button>
  );
}

function apply(theme: Theme): Theme {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(KEY, theme);
  }
  return theme;
}

function applied(): Theme {
  const kept = localStorage.getItem(KEY);
  return apply(THEMES.find((theme) => theme === kept) ?? 'system');
}
