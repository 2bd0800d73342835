/**
 * The last net under the logs. Whoever logs keeps secrets out (http.request replaces its credential in whatever it reports); this hides what
 * looks like one all the same: values under telling names, tokens in texts, passwords in addresses.
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';

const mask = '[redacted]';
const depthLimit = 6;
const textLimit = 16 * 1024;

const tellingName =
  /(authori[sz]ation|cookie|passw(or)?d|passphrase|secret|credential|api[-_]?key|private[-_]?key|access[-_]?key|signature|bearer)|^(token|.*[-_a-z](Token|_token|-token)|key|auth|seed)$/i;

const texts: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{8,}/gi, `$1 ${mask}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, mask],
  [/(:\/\/)[^\s/@"']{1,256}@/g, `$1${mask}@`],
  [/([?&;][\w.-]{0,64}(?:token|key|secret|passw(?:or)?d|signature|sig|code|auth)=)[^&;\s"'<>]+/gi, `$1${mask}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mask],
];

/** Also cuts texts to 16 KiB. */
export function redactText(text: string): string {
  let shown = text.length > textLimit ? `${text.slice(0, textLimit)}...` : text;
  for (const [pattern, replacement] of texts) shown = shown.replace(pattern, replacement);
  return shown;
}

export function redactFields(fields: Readonly<Record<string, JsonValue | undefined>>): Record<string, JsonValue> {
  return redactObject(fields, 0);
}

function redactObject(object: Readonly<Record<string, JsonValue | undefined>>, depth: number): Record<string, JsonValue> {
  const shown: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined || name === '__proto__') continue;
    shown[name] = tellingName.test(name) && value !== null && typeof value !== 'boolean' ? mask : redactValue(value, depth);
  }
  return shown;
}

function redactValue(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= depthLimit) return mask;
  if (isJsonObject(value)) return redactObject(value, depth + 1);
  return value.slice(0, 100).map((item) => redactValue(item, depth + 1));
}
