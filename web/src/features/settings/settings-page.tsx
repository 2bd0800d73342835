/** The person's own settings in this browser: theme and session. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../lib/console-context.tsx';
import { chooseTheme, useThemeChoice } from '../../lib/theme.ts';
import { useSignOut } from '../../lib/use-sign-out.ts';
import { Icon } from '../../ui/icon.tsx';
import { CommandLine } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';

export function SettingsPage(): ReactNode {
  const current = useSession();
  const theme = useThemeChoice();
  const signOut = useSignOut();
  return (
    <Page title="General">
      <div className="flex max-w-160 shrink-0 flex-col gap-4">
        <section className="surface-card flex flex-wrap items-center gap-4 p-4" aria-labelledby="theme-title">
          <div className="min-w-0 flex-1 basis-60">
            <h2 id="theme-title" className="text-base font-semibold">
              Theme
            </h2>
            <p className="text-ink-2">For this browser. System follows what your device says.</p>
          </div>
          <Segmented
            label="Theme"
            value={theme}
            onChange={chooseTheme}
            options={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </section>
        <section className="surface-card flex flex-wrap items-center gap-4 p-4" aria-labelledby="session-title">
          <div className="min-w-0 flex-1 basis-60">
            <h2 id="session-title" className="text-base font-semibold">
              Signed in
            </h2>
            <p className="break-words text-ink-2">
              {current?.user.email} in{' '}
              <Link to="/settings/organization" className="link">
                {current?.organization.name ?? 'your organization'}
              </Link>
            </p>
          </div>
          <button type="button" className="btn" onClick={() => void signOut()}>
            <Icon name="signOut" />
            Sign out
          </button>
        </section>
        <section className="surface-card flex flex-col gap-2 p-4" aria-labelledby="cli-title">
          <h2 id="cli-title" className="text-base font-semibold">
            Command line
          </h2>
          <p className="text-ink-2">Everything here can be done from a terminal in the project’s folder, too.</p>
          <CommandLine text={`npm run automateos -- login ${window.location.origin}`} label="Copy command" />
        </section>
      </div>
    </Page>
  );
}
