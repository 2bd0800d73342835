import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/notices.tsx';
import { Page } from '../ui/page.tsx';

export function NotFoundPage(): ReactNode {
  return (
    <Page title="No such page">
      <div className="surface-card">
        <EmptyState
          title="This address leads nowhere"
          action={
            <Link to="/workflows" className="btn">
              Go to workflows
            </Link>
          }
        >
          <p>The link may be old, or cut short when it was copied.</p>
        </EmptyState>
      </div>
    </Page>
  );
}
