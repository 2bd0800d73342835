/** Called each minute: announces what is due and was forgotten. At `/prune`, once a day: deletes what retention allows to delete. */
import { pruneExecutions } from '../../app/admin/prune-executions.ts';
import { sweep } from '../../app/engine/sweep.ts';
import { servePush } from '../cloud/serve-push.ts';

/** Deleted in one request; what is left goes the next day. */
const pruneLimit = 10_000;

servePush('sweep', ({ app }) => async (push) => {
  if (push.path === '/prune') {
    app.logger.info('pruned', { ...(await pruneExecutions(app, { limit: pruneLimit })) });
    return;
  }
  const { announced, timedOut } = await sweep(app);
  if (announced + timedOut > 0) app.logger.info('swept', { announced, timedOut });
});
