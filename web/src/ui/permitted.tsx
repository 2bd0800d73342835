/** What only some roles may see: for the others the page says so, and whom to ask, instead of showing what would fail. */
import type { ReactNode } from 'react';
import { useMe } from '../lib/account-queries.ts';
import { withArticle } from '../lib/roles.ts';
import { EmptyState, ErrorNotice, SkeletonRows } from './notices.tsx';
import { Tile } from './tile.tsx';

export function Permitted(props: { readonly action: string; readonly what: string; readonly children: ReactNode }): ReactNode {
  const me = useMe();
  if (me.isPending) return <SkeletonRows label="Reading what you may do" rows={3} />;
  if (me.isError) {
    return <ErrorNotice title="What you may do could not be read" error={me.error} onRetry={() => void me.refetch()} />;
  }
  if (me.data.actions.includes(props.action)) return props.children;
  const { user, organization } = me.data;
  return (
    <div className="surface-card">
      <EmptyState icon={<Tile icon="shield" kind="people" />} title={`Your role does not include ${props.what}`}>
        <p>
          You are {withArticle(user.role)} in {organization.name}. Ask an owner or an admin of it for what you need, or for
          another role.
        </p>
      </EmptyState>
    </div>
  );
}
