import type { ReactNode } from 'react';
import { chooseTheme, useThemeChoice } from '../lib/theme.ts';
import { Icon } from '../ui/icon.tsx';

/** Flips between light and dark; the third choice, the system's, is in the settings. */
export function ThemeButton(): ReactNode {
  useThemeChoice();
  const dark = document.documentElement.dataset.theme === 'dark';
  const label = dark ? 'Use light theme' : 'Use dark theme';
  return (
    <button
      type="button"
      className="btn btn-ghost btn-icon"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(dark ? 'light' : 'dark')}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  );
}
