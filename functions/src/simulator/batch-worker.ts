/** A thread that runs the batches it is sent, until its parent ends it. */
import { parentPort } from 'node:worker_threads';
import { type BatchOrder, runBatch } from './batch.ts';
import { loadShippedNodeTypes } from './sim-node-types.ts';

const nodeTypes = loadShippedNodeTypes();
parentPort?.on('message', (order: BatchOrder) => {
  void nodeTypes.then((types) => runBatch(order, types)).then((summary) => parentPort?.postMessage(summary));
});
