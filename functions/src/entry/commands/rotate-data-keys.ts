/**
 * What `npm run rotate-keys` does with an open data folder. A new master key is in the key file, on disk, before anything is wrapped with it;
 * an older one leaves the file when every stored data key was read and none is wrapped with it.
 *
 *     add a master key -> per organization: new data key, old ones wrapped anew, secrets sealed anew, old data keys forgotten -> drop masters
 *
 * Cut off anywhere, all keys that something needs are there, and the next rotation of the master key finishes this one.
 */
import { DataKeys } from '@automateos/shared/model/data-keys';
import { paths } from '@automateos/shared/model/paths';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { createAesSecretBox } from '../../adapters/embedded/aes-secret-box.ts';
import { addMasterKey, dropMasterKeys } from '../../adapters/embedded/key-file.ts';
import { masterKeyOf, openKeyFileRing } from '../../adapters/embedded/key-file-ring.ts';
import { createOrganizationDataKeys } from '../../adapters/embedded/organization-data-keys.ts';
import { eachOrganization, rotateInstallation } from '../../app/credentials/rotate-installation.ts';
import type { OpenedData } from './use-data-folder.ts';

/** `data`: a new data key for each organization. `master`: that, under a new master key. `nothing`: only finishes what was started. */
export type Renewal = 'data' | 'master' | 'nothing';

export async function rotateDataKeys(data: OpenedData, renew: Renewal, say: (line: string) => void): Promise<void> {
  const { store, keyFile: path, clock } = data;
  const now = clock.now();
  if (renew === 'master') say(`Key ${await addMasterKey({ path, now })} is the master key now`);
  const keyRing = await openKeyFileRing({ path, now });
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: clock.now });
  const rotation = { store, dataKeys, clock, secrets: createAesSecretBox(keyRing, dataKeys) };
  let unreadable = 0;
  for await (const done of rotateInstallation(rotation, { renew: renew !== 'nothing' })) {
    unreadable += done.unreadable;
    say(`${done.org}: ${done.resealed} secrets sealed anew in ${done.documents} documents, ${done.forgottenKeys} keys forgotten`);
  }
  if (unreadable > 0) say(`${unreadable} secrets could not be opened before either, and are as they were`);
  if (renew !== 'master') return;
  for (const id of await dropMasterKeys(path, await masterKeysInUse(store))) say(`Master key ${id} is in the key file no more`);
}

async function masterKeysInUse(store: DocumentStore): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for await (const org of eachOrganization(store)) {
    const row = await store.get(paths.dataKeys(org));
    if (row !== null) for (const { wrapped } of DataKeys.parse(row.data).keys) used.add(masterKeyOf(wrapped));
  }
  return used;
}
