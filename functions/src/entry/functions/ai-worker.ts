/** Steps that call models: the pool `branches-ai`. */
import { serveWorker } from '../cloud/serve-worker.ts';

serveWorker('ai-worker');
