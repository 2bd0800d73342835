/** The person's password, address and sessions. Where another service keeps them (in the cloud), the page says which. */
import type { ReactNode } from 'react';
import { Page } from '../../ui/page.tsx';
import { PasswordForm } from './password-form.tsx';
import { SessionList } from './session-list.tsx';
import { VerifyAddress } from './verify-address.tsx';

export function SecurityPage(): ReactNode {
  return (
    <Page title="Password and sessions" lead="Of your account, in every organization.">
      <div className="flex max-w-160 shrink-0 flex-col gap-4">
        <PasswordForm />
        <SessionList />
        <VerifyAddress />
      </div>
    </Page>
  );
}
