/**
 * The ways in which a secret turns up in text: as it is, and as JSON, HTML, URLs, forms, base64 and hexadecimal write it. In base64 also where it
 * is a part of what was encoded (`user:password`): each of its three alignments has a middle that depends on nothing around it.
 */

/** Shorter ones would blot out ordinary text. */
export const shortestSecret = 6;
/** A middle shorter than this would turn up by chance. */
const shortestMiddle = 8;

/** Two deep: a URL in JSON, JSON in a form, an escaped text in base64. A plain token is the same in most of them. */
export function spellingsOf(secret: string): readonly string[] {
  if (secret.length < shortestSecret) return [];
  const written = [...new Set([secret, ...escapings(secret)])];
  return [...new Set([...written, ...written.flatMap(escapings), ...written.flatMap(encodings)])];
}

function escapings(text: string): readonly string[] {
  const url = encodeUrl(text);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  return [...jsonTexts(text), htmlText(text), ...[url, form].flatMap((one) => [one, lowerCase(one)]), url.replaceAll('%20', '+')];
}

/** JSON leaves a choice: PHP escapes slashes, Go what HTML could take for a tag, Python and PHP all that is not ASCII. */
function jsonTexts(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u0080-\uffff]/g, codeOf);
  const slashes = [plain, ascii].map((one) => one.replaceAll('/', '\\/'));
  return [plain, ascii, ...slashes, plain.replaceAll(/[<>&]/g, codeOf)];
}

const codeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function htmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function encodings(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const middles = [0, 1, 2].flatMap((offset) => base64Middle(bytes, offset)).filter((middle) => middle.length >= shortestMiddle);
  return [
    ...[bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    ...middles,
    ...middles.map((middle) => middle.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

function lowerCase(url: string): string {
  return url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
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
