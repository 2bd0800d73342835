/** Takes out of a tree what is a secret by its name or its look. Rather too much than too little: a masked value is written back by hand. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';

const mask = '***';

const secretName =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:.*[-_. ])?(?:pass(?:word|phrase)?|pwd|secret|token|api[-_ ]?key|apikey|private[-_ ]?key|access[-_ ]?key|credentials?|signature)|.*(?:Password|Secret|Token|ApiKey|PrivateKey|AccessKey|Signature))$/i;

/** Bearer and basic headers, JSON Web Tokens, keys with well-known prefixes, PEM blocks, and credentials in addresses. */
const secretLooks: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}/g,
  /\b(?:sk|pk|rk|aos|whsec|xox[abprs]|gh[pousr]|github_pat|glpat|AKIA|ASIA|AIza|ya29|SG)[-_.]?[A-Za-z0-9_-]{16,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=:\/\/[^\s/:@]{1,256}:)[^\s/@]{1,256}(?=@)/g,
  /(?<=[?&](?:token|key|api_key|apikey|access_token|secret|password|sig|signature)=)[^&#\s]+/gi,
];

export function maskSecretValues(tree: JsonObject): JsonObject {
  return maskObject(tree);
}

function maskObject(tree: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      const hides = secretName.test(name) && (typeof value === 'string' || typeof value === 'number') && value !== '';
      return [name, hides ? mask : maskValue(value)];
    }),
  );
}

function maskValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return secretLooks.reduce((text, look) => text.replace(look, mask), value);
  if (Array.isArray(value)) return value.map(maskValue);
  return isJsonObject(value) ? maskObject(value) : value;
}
