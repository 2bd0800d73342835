/** Ids come from outside and go into document paths: anything that no id of ours can look like is simply not there. */
const pattern = /^[A-Za-z0-9_-]{1,128}$/;

export function isDocumentId(id: string): boolean {
  return pattern.test(id);
}
