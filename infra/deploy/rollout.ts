/**
 * Traffic moves to a new release little by little, and back at once when it does badly.
 *
 *     pin       every service stays on the revision that serves now, so that `terraform apply` makes revisions without giving them anything
 *     shift     10 %, 50 %, 100 %: after each step a pause, then a look at what the new revisions did; one that does badly sends all back
 *     rollback  every service to the revision that `pin` wrote down
 */
import type { Gcloud } from './gcloud.ts';
import { readService, type Service, setTraffic } from './services.ts';

export type Rollout = {
  readonly gcloud: Gcloud;
  readonly names: readonly string[];
  readonly say: (line: string) => void;
};

export type ShiftOptions = {
  /** Percent for the new revisions, rising, 100 at last. */
  readonly steps: readonly number[];
  readonly pauseMs: number;
  /** Errors that all new revisions together may have in one step. */
  readonly mostErrors: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Whether the installation answers, looked at from outside. */
  readonly answers: () => Promise<boolean>;
};

/** Service -> the revision that served before the deployment. */
export type Pinned = Readonly<Record<string, string>>;

export async function pin({ gcloud, names, say }: Rollout): Promise<Pinned> {
  const pinned: Record<string, string> = {};
  for (const service of await existing(gcloud, names)) {
    await setTraffic(gcloud, service.name, [[service.serving, 100]]);
    pinned[service.name] = service.serving;
  }
  say(`${Object.keys(pinned).length} of ${names.length} services stay where they are`);
  return pinned;
}

/** False when it has been rolled back. */
export async function shift(rollout: Rollout, pinned: Pinned, options: ShiftOptions): Promise<boolean> {
  const { gcloud, names, say } = rollout;
  const moving = (await existing(gcloud, names)).filter((service) => service.newest !== pinned[service.name]);
  const broken = moving.find((service) => !service.newestIsReady);
  if (broken !== undefined) {
    say(`${broken.newest} has not come up`);
    await rollback(rollout, pinned);
    return false;
  }
  for (const percent of options.steps) {
    const since = options.now();
    for (const service of moving) await setTraffic(gcloud, service.name, sharesOf(service, pinned, percent));
    say(`${percent} % of the traffic of ${moving.length} services goes to the new release`);
    await options.sleep(options.pauseMs);
    const trouble = await troubleOf(gcloud, moving, since, options);
    if (trouble === null) continue;
    say(`rolled back at ${percent} %: ${trouble}`);
    await rollback(rollout, pinned);
    return false;
  }
  for (const { name } of moving) await gcloud.change(['run', 'services', 'update-traffic', name, '--to-latest']);
  say('the new release serves');
  return true;
}

export async function rollback({ gcloud, names, say }: Rollout, pinned: Pinned): Promise<void> {
  // those who give work first, so that no new work reaches workers that go back
  for (const name of names.toReversed()) {
    const revision = pinned[name];
    if (revision !== undefined) await setTraffic(gcloud, name, [[revision, 100]]);
  }
  say(`${Object.keys(pinned).length} services are back on the revisions that served before`);
}

async function existing(gcloud: Gcloud, names: readonly string[]): Promise<readonly Service[]> {
  const services = await Promise.all(names.map((name) => readService(gcloud, name)));
  return services.filter((service) => service !== null);
}

/** A service that is new has nothing to share with. */
function sharesOf(service: Service, pinned: Pinned, percent: number): readonly (readonly [string, number])[] {
  const before = pinned[service.name];
  if (before === undefined) return [[service.newest, 100]];
  return [
    [service.newest, percent],
    [before, 100 - percent],
  ];
}

async function troubleOf(
  gcloud: Gcloud,
  moving: readonly Service[],
  sinceMs: number,
  options: Pick<ShiftOptions, 'mostErrors' | 'answers'>,
): Promise<string | null> {
  if (!(await options.answers())) return 'it does not answer';
  if (moving.length === 0) return null;
  const revisions = moving.map(({ newest }) => `"${newest}"`).join(' OR ');
  const filter = [
    'resource.type="cloud_run_revision"',
    `resource.labels.revision_name=(${revisions})`,
    '(severity>=ERROR OR httpRequest.status>=500)',
    `timestamp>="${new Date(sinceMs).toISOString()}"`,
  ].join(' AND ');
  const found = await gcloud.ask(['logging', 'read', filter, `--limit=${options.mostErrors + 1}`, '--format=value(insertId)']);
  const errors = found.split('\n').filter((line) => line.trim() !== '').length;
  return errors > options.mostErrors ? `more than ${options.mostErrors} errors in the logs of its revisions` : null;
}
