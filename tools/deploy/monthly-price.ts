/**
 * What an installation costs a month under three loads, from the price table and from what was counted: `node tools/deploy/monthly-price.ts` prints the
 * table of docs/guides/deploy.md, and a test holds the guide to it.
 */
import { namedRegion, type Price, priceTable } from '../../shared/src/cost/price-table.ts';

const monthSeconds = 30 * 86_400;
const minutes = monthSeconds / 60;

/** Of an execution of ten effects that a webhook starts: counted by `npm run bench cost`, the HTTP calls of its steps assumed at 200 ms each. */
export const perExecution = {
  writes: 14,
  reads: 3,
  deletes: 2,
  bytes: 6_000,
  publishes: 1,
  requests: 2,
  workSeconds: 2,
  startSeconds: 0.1,
};

/** Every minute the sweep and the tick (sharded queries, one read each at least, and a tenth of a second); every five an uptime check from six places. */
const rest = { reads: 2 * 16 * minutes, requests: 2 * minutes + 6 * (minutes / 5), seconds: 0.1, jobs: 3, keyVersions: 2 };

/** Of one account and month: https://cloud.google.com/free, and the pages of the price table. Firestore's are by the day. */
const free = {
  writes: 20_000 * 30,
  reads: 50_000 * 30,
  deletes: 20_000 * 30,
  bytes: 2 ** 30,
  messageBytes: 10 * 2 ** 30,
  requests: 2_000_000,
  vcpuSeconds: 180_000,
  gibSeconds: 360_000,
  jobs: 3,
};

type Bill = { readonly list: number; readonly afterFree: number };
export type MonthlyPrice = { readonly items: Readonly<Record<string, Bill>>; readonly total: Bill };

/** `executions` a month, spread evenly. */
export function monthlyPrice(executions: number): MonthlyPrice {
  const { locations, requests, vcpuSeconds, gibSeconds, pubsubBytes, pubsubLeastBytes, schedulerJobMonths, keyVersionMonths } =
    priceTable;
  const firestore = locations[namedRegion];
  if (firestore === undefined) throw new RangeError(`The price table has no ${namedRegion}`);
  const one = perExecution;
  const asked = rest.requests + executions * one.requests;
  const seconds = busySeconds(executions, one.workSeconds) + executions * one.startSeconds + rest.requests * rest.seconds;
  const items = {
    'document writes': bill(firestore.documentWrites, executions * one.writes, free.writes),
    'document reads': bill(firestore.documentReads, rest.reads + executions * one.reads, free.reads),
    'documents kept 30 days, and their deletes': sum([
      bill(firestore.documentBytes, executions * one.bytes, free.bytes),
      bill(firestore.documentDeletes, executions * one.deletes, free.deletes),
    ]),
    messages: bill(pubsubBytes, executions * one.publishes * 2 * pubsubLeastBytes, free.messageBytes),
    requests: bill(requests, asked, free.requests),
    'instance time': sum([bill(vcpuSeconds, seconds, free.vcpuSeconds), bill(gibSeconds, seconds / 2, free.gibSeconds)]),
    'scheduler jobs and keys': sum([bill(schedulerJobMonths, rest.jobs, free.jobs), bill(keyVersionMonths, rest.keyVersions, 0)]),
  };
  return { items, total: sum(Object.values(items)) };
}

/** One instance works on many at a time: what is paid for is the time in which there is at least one (M/G/infinity: 1 - e^-load). */
function busySeconds(executions: number, each: number): number {
  const load = (executions * each) / monthSeconds;
  return monthSeconds * (1 - Math.exp(-load));
}

function bill({ usd, per }: Price, quantity: number, freeQuantity: number): Bill {
  return { list: (usd * quantity) / per, afterFree: (usd * Math.max(0, quantity - freeQuantity)) / per };
}

function sum(bills: readonly Bill[]): Bill {
  return {
    list: bills.reduce((total, { list }) => total + list, 0),
    afterFree: bills.reduce((total, { afterFree }) => total + afterFree, 0),
  };
}

const loads = [
  ['idle', 0],
  ['10,000 executions', 10_000],
  ['1,000,000 executions', 1_000_000],
] as const;

const usd = (amount: number): string => `$${amount.toFixed(2)}`;

export function renderMonthlyPrices(): string {
  const prices = loads.map(([, executions]) => monthlyPrice(executions));
  const rows = Object.keys(prices[0]?.items ?? {}).map((item) => [
    item,
    ...prices.map(({ items }) => usd(items[item]?.list ?? 0)),
  ]);
  const total = ['**list price**', ...prices.map((price) => `**${usd(price.total.list)}**`)];
  const afterFree = ['after Google’s free quotas', ...prices.map((price) => usd(price.total.afterFree))];
  const header = ['a month', ...loads.map(([name]) => name)];
  const lines = [header, header.map((_, at) => (at === 0 ? '---' : '---:')), ...rows, total, afterFree];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) console.log(renderMonthlyPrices());
