/**
 * Firestore on a bad day: a gRPC server before the emulator that passes every call on as the bytes it came in, and fails some of them as
 * Firestore fails, by seeded chance. What it does to a call is one of:
 *   unavailable, aborted, deadline              an error, and the emulator never hears of it
 *   unavailable-applied, deadline-applied       the emulator has done it, the caller is told the error
 *   late                                        the caller is told DEADLINE_EXCEEDED at once, the emulator does it a moment later
 *   delay                                       all is well, but it takes its time
 *   cut                                         an answer that streams ends with UNAVAILABLE in its middle
 * ABORTED is never told of what was applied: Firestore promises that, and so do the errors of preconditions, which are passed on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';

export const firestoreFaults = [
  'unavailable',
  'aborted',
  'deadline',
  'unavailable-applied',
  'deadline-applied',
  'late',
  'delay',
  'cut',
] as const;
export type FirestoreFault = (typeof firestoreFaults)[number];

/** Probability of each for a call that it can befall. */
export type FaultRates = Readonly<Partial<Record<FirestoreFault, number>>>;

export type FirestoreFaultProxy = {
  /** `host:port` for FIRESTORE_EMULATOR_HOST. */
  readonly host: string;
  /** From now on. */
  setRates(rates: FaultRates): void;
  /** While true, every call fails as UNAVAILABLE and every stream is cut. Not counted as faults. */
  setOutage(outage: boolean): void;
  /** How often each has struck. */
  counts(): Readonly<Record<FirestoreFault, number>>;
  calls(): number;
  stop(): Promise<void>;
};

export type FirestoreFaultProxyOptions = { readonly emulator: string; readonly seed: number; readonly rates?: FaultRates };

const service = 'google.firestore.v1.Firestore';
const unary = ['GetDocument', 'ListDocuments', 'UpdateDocument', 'DeleteDocument', 'BeginTransaction', 'Commit', 'Rollback'];
const moreUnary = ['PartitionQuery', 'ListCollectionIds', 'BatchWrite', 'CreateDocument'];
const streaming = ['BatchGetDocuments', 'RunQuery', 'RunAggregationQuery', 'ExecutePipeline'];
const bothWays = ['Listen', 'Write'];
const changing: ReadonlySet<string> = new Set(['Commit', 'BatchWrite', 'CreateDocument', 'UpdateDocument', 'DeleteDocument']);

const longestDelayMs = 400;
const longestLateMs = 1_500;
/** The emulator allows so many calls at a time on one connection and no more. */
const connections = 4;
const anySize = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

const same = (bytes: Buffer): Buffer => bytes;

type Chance = () => number;
type Fate = { readonly fault: FirestoreFault | null; readonly chance: Chance };
type Strike = (possible: readonly FirestoreFault[]) => Fate;

export async function startFirestoreFaultProxy(options: FirestoreFaultProxyOptions): Promise<FirestoreFaultProxy> {
  const chance = seededChance(options.seed);
  const counts = Object.fromEntries(firestoreFaults.map((fault) => [fault, 0])) as Record<FirestoreFault, number>; // one for each
  const open = new Set<() => void>();
  let rates = options.rates ?? {};
  let outage = false;
  let calls = 0;

  const strike: Strike = (possible) => {
    calls += 1;
    if (outage) return { fault: 'unavailable', chance };
    let at = chance();
    for (const fault of possible) {
      at -= rates[fault] ?? 0;
      if (at >= 0) continue;
      counts[fault] += 1;
      return { fault, chance };
    }
    return { fault: null, chance };
  };

  const upstream = createUpstream(options.emulator);
  const server = new grpc.Server(anySize);
  for (const name of [...unary, ...moreUnary]) {
    const path = `/${service}/${name}`;
    server.register(path, unaryHandler({ path, upstream, strike }, changing.has(name)), same, same, 'unary');
  }
  for (const name of streaming) {
    const path = `/${service}/${name}`;
    server.register(path, streamHandler({ path, upstream, strike }), same, same, 'serverStream');
  }
  for (const name of bothWays) {
    const path = `/${service}/${name}`;
    server.register(path, duplexHandler({ path, upstream, strike }, open), same, same, 'bidi');
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    host: `127.0.0.1:${port}`,
    setRates(changed) {
      rates = changed;
    },
    setOutage(now) {
      outage = now;
      if (now) for (const cut of open) cut();
    },
    counts: () => ({ ...counts }),
    calls: () => calls,
    async stop() {
      server.forceShutdown();
      upstream.close();
    },
  };
}

type Method = { readonly path: string; readonly upstream: Upstream; readonly strike: Strike };

type Upstream = { next(): grpc.Client; close(): void };

function createUpstream(host: string): Upstream {
  const own = { ...anySize, 'grpc.use_local_subchannel_pool': 1 };
  const clients = Array.from({ length: connections }, () => new grpc.Client(host, grpc.credentials.createInsecure(), own));
  let turn = 0;
  return {
    next() {
      turn += 1;
      const client = clients[turn % connections];
      if (client === undefined) throw new RangeError('a remainder is below its divisor');
      return client;
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}

const status = (code: grpc.status, details: string): grpc.StatusObject => ({ code, details, metadata: new grpc.Metadata() });

/** What the caller is told; null where it is told the truth. */
function lie(fault: FirestoreFault | null): grpc.StatusObject | null {
  switch (fault) {
    case 'unavailable':
    case 'unavailable-applied':
    case 'cut':
      return status(grpc.status.UNAVAILABLE, 'The service is currently unavailable.');
    case 'aborted':
      return status(grpc.status.ABORTED, 'Too much contention on these documents. Please try again.');
    case 'deadline':
    case 'deadline-applied':
    case 'late':
      return status(grpc.status.DEADLINE_EXCEEDED, 'Deadline exceeded');
    case 'delay':
    case null:
      return null;
  }
}

const connectionHeaders = new Set(['content-type', 'te', 'user-agent', 'grpc-accept-encoding', 'grpc-encoding', 'grpc-timeout']);

function passedOn(metadata: grpc.Metadata): grpc.Metadata {
  const copy = metadata.clone();
  for (const name of Object.keys(metadata.getMap())) if (connectionHeaders.has(name)) copy.remove(name);
  return copy;
}

function unaryHandler({ path, upstream, strike }: Method, isChange: boolean): grpc.handleUnaryCall<Buffer, Buffer> {
  const before: readonly FirestoreFault[] = ['unavailable', 'aborted', 'deadline', 'delay'];
  const possible: readonly FirestoreFault[] = isChange ? [...before, 'unavailable-applied', 'deadline-applied', 'late'] : before;
  return (call, callback) => {
    const { fault, chance } = strike(possible);
    const told = lie(fault);
    const forward = (answer: (error: grpc.ServiceError | null, bytes?: Buffer) => void): void => {
      try {
        upstream.next().makeUnaryRequest(path, same, same, call.request, passedOn(call.metadata), answer);
      } catch {
        // what was held back until after the end of the proxy
        const details = 'The proxy has been closed';
        answer(Object.assign(new Error(details), { code: grpc.status.UNAVAILABLE, details, metadata: new grpc.Metadata() }));
      }
    };
    if (fault === 'unavailable' || fault === 'aborted' || fault === 'deadline') return callback(told);
    if (fault === 'late') {
      callback(told);
      return void sleep(chance() * longestLateMs).then(() => forward(() => {})); // nobody waits for it any more
    }
    const wait = fault === 'delay' ? sleep(chance() * longestDelayMs) : Promise.resolve();
    void wait.then(() =>
      forward((error, bytes) => {
        if (error) callback(plain(error));
        else if (told) callback(told);
        else callback(null, bytes);
      }),
    );
  };
}

/** Without the wording that the client library adds. */
const plain = ({ code, details, metadata }: grpc.ServiceError): grpc.StatusObject => ({ code, details, metadata });

function streamHandler({ path, upstream, strike }: Method): grpc.handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { fault, chance } = strike(['unavailable', 'aborted', 'deadline', 'delay', 'cut']);
    const told = lie(fault);
    const fail = (error: grpc.StatusObject): void => void call.emit('error', error);
    if (told && fault !== 'cut') return fail(told);
    const wait = fault === 'delay' ? sleep(chance() * longestDelayMs) : Promise.resolve();
    void wait.then(() => {
      const answers = upstream.next().makeServerStreamRequest(path, same, same, call.request, passedOn(call.metadata));
      call.on('cancelled', () => answers.cancel());
      let cut = false;
      answers.on('data', (bytes: Buffer) => {
        if (cut) return;
        call.write(bytes);
        if (fault !== 'cut' || told === null) return;
        cut = true;
        fail(told);
        answers.cancel();
      });
      answers.on('error', (error: grpc.ServiceError) => {
        if (!cut) fail(plain(error));
      });
      answers.on('end', () => {
        if (!cut) call.end();
      });
    });
  };
}

function duplexHandler({ path, upstream, strike }: Method, open: Set<() => void>): grpc.handleBidiStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { fault, chance } = strike(['unavailable', 'cut']);
    const broken = status(grpc.status.UNAVAILABLE, 'The service is currently unavailable.');
    if (fault === 'unavailable') return void call.emit('error', broken);
    const answers = upstream.next().makeBidiStreamRequest(path, same, same, passedOn(call.metadata));
    let over = false;
    const end = (how: () => void): void => {
      if (over) return;
      over = true;
      open.delete(cut);
      how();
    };
    const cut = (): void => {
      end(() => call.emit('error', broken));
      answers.cancel();
    };
    open.add(cut);
    // a stream lives as long as there is somebody to listen: it is cut within its first seconds
    if (fault === 'cut') void sleep(100 + chance() * 5_000).then(cut);
    call.on('data', (bytes: Buffer) => answers.write(bytes));
    call.on('end', () => answers.end());
    call.on('cancelled', () => {
      end(() => {});
      answers.cancel();
    });
    answers.on('data', (bytes: Buffer) => {
      if (!over) call.write(bytes);
    });
    answers.on('error', (error: grpc.ServiceError) => end(() => call.emit('error', plain(error))));
    answers.on('end', () => end(() => call.end()));
  };
}

/** mulberry32, as everybody writes it: a 32-bit state is enough to be told apart by seed. */
function seededChance(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
