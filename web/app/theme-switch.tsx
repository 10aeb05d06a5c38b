/** The switch between light and dark. */
import { switchTheme, theme } from './theme.ts';

export function ThemeSwitch() {
  const isDark = theme.value === 'dark';
  return (
    <button
      type="button"
      class="quiet icon"
      role="switch"
      aria-checked={isDark}
      aria-label="Dark colours"
      onClick={switchTheme}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {isDark ? (
          <path
            d="M13.5 10.2A6 6 0 0 1 5.8 2.5a6 6 0 1 0 7.7 7.7Z"
            fill="none"
            stroke="currentColor"
            stroke-width="1.4"
            stroke-linejoin="round"
          />
        ) : (
          <g fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round">
            <circle cx="8" cy="8" r="2.8" />
            <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13" />
          </g>
        )}
      </svg>
    </button>
  );
}
