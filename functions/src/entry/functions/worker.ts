/** Steps of integrations and everything that only computes: the pool `branches`. */
import { serveWorker } from '../cloud/serve-worker.ts';

serveWorker('worker');
