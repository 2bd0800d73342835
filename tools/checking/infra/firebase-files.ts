/** firebase.json and .firebaserc fit the schemas that firebase-tools ships; what they point at is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { readTopology } from '../../cloud/read-topology.ts';
import type { Finding, InfraReport } from './finding.ts';
import { list, object } from './terraform-files.ts';

const schemas = 'node_modules/firebase-tools/schema';
const files = [
  ['firebase.json', 'firebase-config.json'],
  ['.firebaserc', 'firebaserc.json'],
] as const;

export function checkFirebaseFiles(root: string): InfraReport {
  const findings = files.flatMap(([file, schema]): readonly Finding[] => {
    if (!existsSync(join(root, file))) return file === 'firebase.json' ? [{ file, message: 'is missing' }] : [];
    const text = readFileSync(join(root, file), 'utf8');
    return [...schemaFindings(root, file, schema, text), ...(file === 'firebase.json' ? targetFindings(root, text) : [])];
  });
  return { findings };
}

export function schemaFindings(root: string, file: string, schema: string, text: string): readonly Finding[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(readFileSync(join(root, schemas, schema), 'utf8')));
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).slice(0, 10).map(({ instancePath, message, params }) => {
    const named = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    return { file, message: `${instancePath || '/'} ${message}${named}` };
  });
}

/** Rewrites lead to services of the topology; the files that are named exist. */
export function targetFindings(root: string, text: string): readonly Finding[] {
  const file = 'firebase.json';
  const { prefix, functions } = readTopology();
  const { firestore, hosting } = object(JSON.parse(text));
  const named = list(firestore)
    .flatMap((one) => [object(one).rules, object(one).indexes])
    .filter((path) => typeof path === 'string');
  const services = list(hosting).flatMap((site) =>
    list(object(site).rewrites).flatMap((rewrite) => object(object(rewrite).run).serviceId ?? []),
  );
  return [
    ...named.filter((path) => !existsSync(join(root, path))).map((path) => `${path} is not there`),
    ...services
      .filter((id) => !Object.keys(functions).some((name) => `${prefix}-${name}` === id))
      .map((id) => `no function is the service ${id}`),
  ].map((message) => ({ file, message }));
}
