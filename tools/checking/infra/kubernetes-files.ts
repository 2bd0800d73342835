/**
 * Kubernetes manifests: known kinds with what they need; pods that are bounded, watched and without rights; selectors, scale targets and
 * backends that lead somewhere; every file in its kustomization. No schema of Kubernetes is at hand: these are the mistakes that matter.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Finding, InfraReport } from './finding.ts';
import { podFindings } from './pod-rules.ts';
import { type Body, list, object } from './terraform-files.ts';

const folder = 'infra/k8s';

/** kind -> API version, and what its spec (or the object itself, for kinds without one) must have. */
const kinds: Readonly<Record<string, readonly [apiVersion: string, needed: readonly string[]]>> = {
  ConfigMap: ['v1', ['data']],
  Deployment: ['apps/v1', ['selector', 'template', 'strategy']],
  HorizontalPodAutoscaler: ['autoscaling/v2', ['scaleTargetRef', 'minReplicas', 'maxReplicas', 'metrics']],
  Ingress: ['networking.k8s.io/v1', ['rules']],
  NetworkPolicy: ['networking.k8s.io/v1', ['podSelector', 'policyTypes']],
  PodDisruptionBudget: ['policy/v1', ['selector']],
  Service: ['v1', ['selector', 'ports']],
  ServiceAccount: ['v1', []],
  StatefulSet: ['apps/v1', ['selector', 'template', 'serviceName', 'replicas']],
};

export type Manifest = { readonly file: string; readonly kind: string; readonly name: string; readonly body: Body };

export function checkKubernetes(root: string): InfraReport {
  const parts = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  return { findings: parts.flatMap((part) => partFindings(root, `${folder}/${part}`)) };
}

/** One kustomization with its files. */
export function partFindings(root: string, part: string): readonly Finding[] {
  const read = (name: string): Body => object(parse(readFileSync(join(root, part, name), 'utf8')));
  const resources = list(read('kustomization.yaml').resources).map(String);
  const there = readdirSync(join(root, part)).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  const listed = resources.filter((name) => there.includes(name));
  const manifests = listed.map((name): Manifest => {
    const body = read(name);
    return { file: `${part}/${name}`, kind: String(body.kind), name: String(object(body.metadata).name), body };
  });
  return [
    ...resources
      .filter((name) => !there.includes(name))
      .map((name) => ({ file: `${part}/kustomization.yaml`, message: `${name} is not there` })),
    ...there
      .filter((name) => !resources.includes(name))
      .map((name) => ({ file: `${part}/${name}`, message: 'stands in no kustomization' })),
    ...manifestFindings(manifests),
  ];
}

export function manifestFindings(manifests: readonly Manifest[]): readonly Finding[] {
  return manifests.flatMap((manifest) =>
    [
      ...kindFindings(manifest),
      ...(manifest.kind === 'Deployment' || manifest.kind === 'StatefulSet' ? podFindings(object(manifest.body.spec)) : []),
      ...linkFindings(manifest, manifests),
    ].map((message) => ({
      file: manifest.file,
      message,
    })),
  );
}

function kindFindings({ kind, name, body }: Manifest): readonly string[] {
  const known = kinds[kind];
  if (known === undefined) return [`unknown kind ${kind}`];
  const [apiVersion, needed] = known;
  const spec = body.spec === undefined ? body : object(body.spec);
  return [
    ...(body.apiVersion === apiVersion ? [] : [`${kind} is of ${apiVersion}`]),
    ...(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) ? [] : [`${name} is no name`]),
    ...needed.filter((field) => spec[field] === undefined).map((field) => `${kind} needs ${field}`),
  ];
}

const labelsOf = ({ body }: Manifest): Body => object(object(object(object(body.spec).template).metadata).labels);
const selectorOf = ({ kind, body }: Manifest): Body | null => {
  const { selector, podSelector } = object(body.spec);
  if (kind === 'Service') return object(selector);
  if (kind === 'NetworkPolicy') return object(object(podSelector).matchLabels);
  return selector === undefined ? null : object(object(selector).matchLabels);
};

/** What a manifest points at is among the others. */
function linkFindings(manifest: Manifest, all: readonly Manifest[]): readonly string[] {
  const selector = selectorOf(manifest);
  const pods = all.filter(({ body }) => object(body.spec).template !== undefined);
  const chosen = pods.filter((pod) => Object.entries(selector ?? {}).every(([label, value]) => labelsOf(pod)[label] === value));
  const has = (kind: unknown, name: unknown): boolean => all.some((one) => one.kind === kind && one.name === name);
  const { scaleTargetRef, rules, serviceName, template } = object(manifest.body.spec);
  const target = object(scaleTargetRef);
  const backends = list(rules).flatMap((rule) =>
    list(object(object(rule).http).paths).map((path) => object(object(object(path).backend).service).name),
  );
  const account = object(object(template).spec).serviceAccountName;
  return [
    ...(selector !== null && (Object.keys(selector).length === 0 || chosen.length === 0)
      ? ['its selector chooses no pod of this folder']
      : []),
    ...(scaleTargetRef !== undefined && !has(target.kind, target.name)
      ? [`scales ${target.kind} ${target.name}, which is not here`]
      : []),
    ...(manifest.kind === 'Ingress'
      ? backends.filter((name) => !has('Service', name)).map((name) => `leads to the service ${name}, which is not here`)
      : []),
    ...(serviceName !== undefined && !has('Service', serviceName) ? [`the service ${serviceName} is not here`] : []),
    ...(template !== undefined && !has('ServiceAccount', account) ? [`the service account ${account} is not here`] : []),
  ];
}
