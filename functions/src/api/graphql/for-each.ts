/** Batch mutations: one result for each id, in the order asked, one after the other, so that a batch takes no more than its share. */
import { AppError } from '@automateos/shared/model/app-error';

const mostAtOnce = 100;

/** Throws INVALID_PARAMS for none, or more than a hundred. An id that stands there twice is done once and answered twice. */
export async function forEach<R>(
  ids: readonly string[],
  act: (id: string) => Promise<R>,
): Promise<readonly { readonly id: string; readonly result: R }[]> {
  requireFew(ids);
  const results = new Map<string, R>();
  for (const id of new Set(ids)) results.set(id, await act(id));
  return ids.flatMap((id) => {
    const result = results.get(id);
    return result === undefined ? [] : [{ id, result }];
  });
}

export function requireFew(ids: readonly string[]): void {
  if (ids.length < 1 || ids.length > mostAtOnce) {
    throw new AppError('INVALID_PARAMS', { reason: `ids must have 1 to ${mostAtOnce} items.` });
  }
}
