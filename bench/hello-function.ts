/** The yardstick of cold starts: a function that holds the Google clients that ours hold, and reads one document when it is asked. */
import { v1 as firestore } from '@google-cloud/firestore';
import { http } from '@google-cloud/functions-framework';
import { v1 as pubsub } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';

const [apiEndpoint = '', port] = (process.env.FIRESTORE_EMULATOR_HOST ?? '').split(':');
const options = { projectId: 'demo-bench', sslCreds: credentials.createInsecure(), apiEndpoint, port: Number(port) };
const store = new firestore.FirestoreClient(options);
const publisher = new pubsub.PublisherClient(options);
const database = 'projects/demo-bench/databases/(default)';

http('hello', (_request, response) => {
  const documents = [`${database}/documents/health/probe`];
  store
    .batchGetDocuments({ database, documents }, { otherArgs: { headers: { authorization: 'Bearer owner' } } })
    .on('data', () => {})
    .on('error', (error: Error) => response.writeHead(503).end(error.message))
    .on('end', () => response.end(`hello from ${[store, publisher].length} clients`));
});
