/**
 * What the clients of Cloud Tasks, Cloud Scheduler and Cloud KMS have in common: they load on first use, which a cold start that needs
 * none of them does not pay for; they may be pointed at a loopback server; and every call has an end.
 */
export type GoogleService = {
  readonly projectId: string;
  /** `host:port` of a loopback server without TLS; Google when absent. */
  readonly endpoint?: string | undefined;
};

/** The loaded client, made once; a load that fails is tried again by the next caller. */
export type OnFirstUse<T> = {
  get(): Promise<T>;
  /** Nothing to do where it was never used. */
  close(): Promise<void>;
};

export function onFirstUse<T extends { close(): Promise<void> }>(load: () => Promise<T>): OnFirstUse<T> {
  let client: Promise<T> | null = null;
  return {
    get() {
      client ??= load().catch((error: unknown) => {
        client = null;
        throw error;
      });
      return client;
    },
    async close() {
      const opened = client;
      client = null;
      await (await opened)?.close();
    },
  };
}

export async function clientOptions({ projectId, endpoint }: GoogleService) {
  if (endpoint === undefined) return { projectId };
  const { credentials } = await import('@grpc/grpc-js');
  const [apiEndpoint = '', port] = endpoint.split(':');
  return { projectId, apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() };
}

/** gRPC status codes, by the names that the services' documents use. */
export const grpcStatus = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** null for what is no answer of a service. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

const transient: readonly number[] = [
  grpcStatus.deadlineExceeded,
  grpcStatus.resourceExhausted,
  grpcStatus.aborted,
  grpcStatus.internal,
  grpcStatus.unavailable,
];

/** The same call may succeed later: no answer, or one that says so. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  return status === null || transient.includes(status);
}

/** For calls that may be made twice: retried while the service is not there, over within `totalMs`. */
export function bounded(totalMs: number) {
  return {
    timeout: totalMs,
    retry: {
      retryCodes: [grpcStatus.unavailable, grpcStatus.internal, grpcStatus.resourceExhausted],
      backoffSettings: {
        ...{ initialRetryDelayMillis: 100, retryDelayMultiplier: 2, maxRetryDelayMillis: 1_000 },
        ...{
          initialRpcTimeoutMillis: totalMs,
          rpcTimeoutMultiplier: 1,
          maxRpcTimeoutMillis: totalMs,
          totalTimeoutMillis: totalMs,
        },
      },
    },
  };
}
