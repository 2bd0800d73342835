/**
 * The ways in which a secret turns up in text: as it is, and as JSON, URLs, forms, base64 and hexadecimal write it. In base64 also where it
 * is a part of what was encoded (`user:password`): each of its three alignments has a middle that depends on nothing around it.
 */

/** Shorter ones would blot out ordinary text. */
export const shortestSecret = 6;
/** A middle shorter than this would turn up by chance. */
const shortestMiddle = 8;

export function spellingsOf(secret: string): readonly string[] {
  if (secret.length < shortestSecret) return [];
  const encoded = encodeUrl(secret);
  const bytes = Buffer.from(secret);
  const middles = [0, 1, 2].flatMap((offset) => base64Middle(bytes, offset)).filter((text) => text.length >= shortestMiddle);
  const all = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replaceAll('%20', '+'),
    encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    ...[bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    ...middles,
    ...middles.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(all)];
}

/** encodeURIComponent throws on half a surrogate pair. */
function encodeUrl(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The characters that are the same whatever stands before and after it, for a secret that starts `offset` bytes into a group of three. */
function base64Middle(bytes: Buffer, offset: number): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.length - (padded.length % 3);
  const text = padded.subarray(0, whole).toString('base64');
  return text.slice(offset === 0 ? 0 : 4);
}
