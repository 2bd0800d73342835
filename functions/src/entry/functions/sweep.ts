/** Called each minute: announces what is due and was forgotten. At `/prune`, each hour: deletes what retention allows to delete. */
import { pruneExecutions } from '../../app/admin/prune-executions.ts';
import { sweep } from '../../app/engine/sweep.ts';
import { servePush } from '../cloud/serve-push.ts';

/** Of one request, below the function's time (infra/topology.json) by a leftover that is slow; what is left goes with the next one. */
const pruneMs = 420_000;

servePush('sweep', ({ app }) => async (push) => {
  if (push.path === '/prune') {
    app.logger.info('pruned', {
      ...(await pruneExecutions(app, { limit: Number.POSITIVE_INFINITY, untilMs: app.clock.now() + pruneMs })),
    });
    return;
  }
  const { announced, timedOut } = await sweep(app);
  if (announced + timedOut > 0) app.logger.info('swept', { announced, timedOut });
});
