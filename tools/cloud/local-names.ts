/** A project that exists on this machine only: Google's clients and our configuration take `demo-` for that. */
export const project = 'demo-automateos';
export const region = 'europe-west1';
/** The service account that Pub/Sub, Cloud Tasks and Cloud Scheduler call as. */
export const invoker = `automateos-invoker@${project}.iam.gserviceaccount.com`;
