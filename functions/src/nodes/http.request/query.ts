/** Adds query parameters to an address as text, so that the guard still sees the address as it was written. */
type Scalar = string | number | boolean | null;

export function withQuery(url: string, query: Readonly<Record<string, Scalar | readonly Scalar[]>>): string {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar]) {
      if (one !== null) added.append(name, String(one));
    }
  }
  if (added.size === 0) return url;
  const [address = '', ...fragment] = url.split('#');
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}${added.toString()}${fragment.length === 0 ? '' : `#${fragment.join('#')}`}`;
}

/** Sets one parameter, replacing those of its name. */
export function withParam(url: string, name: string, value: string): string {
  const [address = ''] = url.split('#');
  const cut = address.indexOf('?');
  if (cut === -1) return withQuery(address, { [name]: value });
  const query = new URLSearchParams(address.slice(cut + 1));
  query.set(name, value);
  return `${address.slice(0, cut)}?${query.toString()}`;
}
