/** The yardstick of cold starts: a function that does nothing but hold the Google clients that ours hold. */
import { v1 as firestore } from '@google-cloud/firestore';
import { http } from '@google-cloud/functions-framework';
import { v1 as pubsub } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';

const options = { projectId: 'demo-bench', sslCreds: credentials.createInsecure(), apiEndpoint: '127.0.0.1', port: 9 };
const clients = [new firestore.FirestoreClient(options), new pubsub.PublisherClient(options)];

http('hello', (_request, response) => {
  response.end(`hello from ${clients.length} clients`);
});
