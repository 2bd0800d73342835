import type { Identity } from '@automateos/shared/ports/identity';
import type { Maintenance } from '../../app/admin/maintenance.ts';
import type { App } from '../../app/app-context.ts';
import type { TestRuns } from '../../app/workflow-tests/run-workflow-tests.ts';
import type { Cursors } from '../http/cursor.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { StreamLimit } from '../live/stream-limit.ts';

/** What routers are given. */
export type RestContext = {
  readonly app: App;
  readonly identity: Identity;
  readonly cursors: Cursors;
  readonly maintenance: Maintenance;
  readonly streams: StreamLimit;
  readonly testRuns: TestRuns;
  readonly limits?: RequestLimits | undefined;
};
