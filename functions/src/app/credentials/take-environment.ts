/**
 * Credentials that the operator gives through the environment become credentials of the installation's organization when the server starts:
 * sealed like all others, found by name, and changed nowhere else (`source: environment`). Those that the environment has no more are deleted.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Page, type Position, queryPage } from '../paging.ts';
import { AllowedHosts } from './allowed-hosts.ts';
import { Credential, checkCredentialData, credentialNamePath, requireKnownKind, sealCredential } from './credential.ts';
import { credentialKindsOf, credentialTypesOf } from './credential-types.ts';
import { openData } from './open-credential.ts';

export type GivenCredential = {
  readonly name: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly allowedHosts: readonly string[];
};

const idPrefix = 'crd_env_';
/** Of one installation; more would be a mistake. */
const mostGiven = 500;

/** Throws AppError that names the credential, and no value of it. */
export async function takeEnvironmentCredentials(app: App, org: string, given: readonly GivenCredential[]): Promise<void> {
  if (given.length > mostGiven)
    throw new AppError('INVALID_PARAMS', { reason: `The environment has more than ${mostGiven} credentials.` });
  for (const one of given) await takeOne(app, org, one);
  await dropOthers(app, org, new Set(given.map(({ name }) => name.normalize('NFC'))));
}

/** What the environment has no more. */
async function dropOthers(app: App, org: string, names: ReadonlySet<string>): Promise<void> {
  const query = { collection: paths.credentials(org), orderBy: [['name', 'asc']] } as const;
  let after: Position | null = null;
  do {
    const page: Page<Snapshot> = await queryPage(app.store, query, { limit: 200, after });
    for (const { path, data } of page.items) {
      const name = String(data.name);
      if (data.source !== 'environment' || names.has(name)) continue;
      await app.store.commit([
        { kind: 'delete', path },
        { kind: 'delete', path: credentialNamePath(org, name) },
      ]);
    }
    after = page.next;
  } while (after !== null);
}

async function takeOne(app: App, org: string, given: GivenCredential): Promise<void> {
  const name = given.name.normalize('NFC');
  check(app, { ...given, name });
  const id = `${idPrefix}${digest('environment-credential', name).slice(0, 24)}`;
  const path = paths.credential(org, id);
  const row = await app.store.get(path);
  const before = row === null ? null : Credential.parse(row.data);
  if (before !== null && (await isSame(app, path, before, given))) return;
  const now = toInstant(app.clock.now());
  const revision = (before?.revision ?? 0) + 1;
  const credential: Credential = {
    ...{ id, org, name, kind: given.kind, fields: Object.keys(given.data), revision },
    sealed: await sealCredential(app, path, revision, given.data),
    ...{ allowedHosts: [...given.allowedHosts], source: 'environment' },
    ...{ createdAt: before?.createdAt ?? now, createdBy: 'environment', updatedAt: now },
  };
  const reserve = { kind: 'create', path: credentialNamePath(org, name), data: { credentialId: id } } as const;
  const result = await app.store.commit([
    { kind: 'set', path, data: asDocument(credential) },
    ...(before === null ? [reserve] : []),
  ]);
  if (!result.ok)
    throw new AppError('CONFLICT', {
      reason: `A credential named ${name} was made by somebody; rename it, or that of the environment.`,
    });
}

function check(app: App, { name, kind, data, allowedHosts }: GivenCredential): void {
  try {
    requireKnownKind(kind, credentialKindsOf(app.nodeTypes));
    checkCredentialData(credentialTypesOf(app.nodeTypes).get(kind), data);
    AllowedHosts.parse(allowedHosts);
  } catch (error) {
    const problems =
      error instanceof AppError
        ? (error.problems ?? []).map(({ path, message }) => `${path}: ${message}`).join('; ')
        : 'its hosts';
    throw new AppError('INVALID_PARAMS', { reason: `The credential ${name} of the environment cannot be used: ${problems}` });
  }
}

/** Tokens that it has got meanwhile stay where nothing changed. */
async function isSame(app: App, path: string, before: Credential, given: GivenCredential): Promise<boolean> {
  if (before.kind !== given.kind || JSON.stringify(before.allowedHosts ?? []) !== JSON.stringify(given.allowedHosts))
    return false;
  const data = await openData(app, path, before);
  return JSON.stringify(Object.entries(data).toSorted()) === JSON.stringify(Object.entries(given.data).toSorted());
}
