/** Webhooks, past everything else: `/hooks/...` and `/hooks-test/...`. */
import { AppError } from '@automateos/shared/model/app-error';
import { createWebhookListener } from '../../api/hooks/webhook-listener.ts';
import { answerProblem } from '../../api/http/answer-problem.ts';
import { ratesOf } from '../../config/request-variables.ts';
import { serveFunction } from '../cloud/serve-function.ts';
import { requestLimits } from '../request-limits.ts';

serveFunction('webhook', async ({ app, config }) => {
  const hooks = createWebhookListener(app, await requestLimits(ratesOf(config)));
  return async (request, response) => {
    if (await hooks(request, response)) return;
    const address = (request.url ?? '/').split('?', 1)[0] ?? '/';
    answerProblem(app, request, response, new AppError('NOT_FOUND', { what: 'address', id: address.slice(0, 256) }));
  };
});
