/**
 * node infra/deploy/main.ts pin|shift|rollback --project P --region R [--url https://...] [--file revisions.json] [--dry-run]
 * What cloudbuild.yaml calls; by hand it does the same. `--file` keeps what `pin` found from one call to the next.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createGcloud, GcloudError } from './gcloud.ts';
import { type Pinned, pin, rollback, shift } from './rollout.ts';
import { serviceNames } from './services.ts';

const usage =
  'Usage: main.ts pin|shift|rollback --project P --region R [--url U] [--file F] [--steps 10,50,100] [--pause 120] [--dry-run]';
const options = {
  project: { type: 'string' },
  region: { type: 'string' },
  url: { type: 'string' },
  file: { type: 'string', default: 'revisions.json' },
  steps: { type: 'string', default: '10,50,100' },
  pause: { type: 'string', default: '120' },
  errors: { type: 'string', default: '5' },
  gcloud: { type: 'string', default: 'gcloud' },
  'dry-run': { type: 'boolean', default: false },
} as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command] = positionals;
  const { project, region, url, file } = values;
  if (project === undefined || region === undefined) throw new UsageError(usage);
  // `gcloud logging` knows no region
  const gcloud = createGcloud({ program: values.gcloud, common: [`--project=${project}`], dryRun: values['dry-run'], say });
  const regional = {
    ask: (args: readonly string[]) => gcloud.ask(args[0] === 'run' ? [...args, `--region=${region}`] : args),
    change: (args: readonly string[]) => gcloud.change([...args, `--region=${region}`]),
  };
  const rollout = { gcloud: regional, names: serviceNames(), say };
  const pinned = (): Pinned => JSON.parse(readFileSync(file, 'utf8'));
  if (command === 'pin') {
    writeFileSync(file, `${JSON.stringify(await pin(rollout), null, 2)}\n`);
    return 0;
  }
  if (command === 'rollback') {
    await rollback(rollout, pinned());
    return 0;
  }
  if (command !== 'shift') throw new UsageError(usage);
  const moved = await shift(rollout, pinned(), {
    steps: stepsOf(values.steps),
    pauseMs: values['dry-run'] ? 0 : Number(values.pause) * 1_000,
    mostErrors: Number(values.errors),
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    answers: () => (url === undefined || values['dry-run'] ? Promise.resolve(true) : answers(url)),
  });
  return moved ? 0 : 1;
}

function stepsOf(text: string): readonly number[] {
  const steps = text.split(',').map(Number);
  const rising = steps.every((step, at) => step > (steps[at - 1] ?? 0) && step <= 100);
  if (!rising || steps.at(-1) !== 100) throw new UsageError('--steps rise and end with 100, such as 10,50,100');
  return steps;
}

/** Ten times: at 10 % of the traffic one request in ten meets the new release. */
async function answers(url: string): Promise<boolean> {
  const asked = Array.from({ length: 10 }, () =>
    fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return (await Promise.all(asked)).every((ok) => ok);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected = error instanceof UsageError || error instanceof GcloudError;
    process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);
