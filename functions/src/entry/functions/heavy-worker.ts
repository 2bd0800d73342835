/** Steps that need much memory or a browser: the pool `branches-heavy`. */
import { serveWorker } from '../cloud/serve-worker.ts';

serveWorker('heavy-worker');
