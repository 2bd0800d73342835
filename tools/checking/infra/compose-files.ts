/** docker-compose files: every service has what it is built from, a health check, limits, and no more rights than it needs; and they start in order. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { type FixedPorts, fixedPorts } from '../../cloud/fixed-ports.ts';
import { readTopology } from '../../cloud/read-topology.ts';
import type { Finding, InfraReport } from './finding.ts';
import { type Body, list, object } from './terraform-files.ts';

const folder = 'infra/docker';
/** https://docs.docker.com/reference/compose-file/services: those that we use, so that a mistyped one shows. */
const serviceKeys = new Set(
  [
    'build',
    'cap_drop',
    'command',
    'depends_on',
    'deploy',
    'env_file',
    'environment',
    'extends',
    'healthcheck',
    'image',
    'init',
    'network_mode',
  ].concat([
    'networks',
    'ports',
    'profiles',
    'read_only',
    'restart',
    'security_opt',
    'stop_grace_period',
    'tmpfs',
    'user',
    'volumes',
    'working_dir',
  ]),
);
const conditions = ['service_started', 'service_healthy', 'service_completed_successfully'];

export function checkComposeFiles(root: string): InfraReport {
  const names = readdirSync(join(root, folder)).filter((name) => /^docker-compose.*\.ya?ml$/.test(name));
  return {
    findings: names.flatMap((name) => {
      const file = `${folder}/${name}`;
      const text = readFileSync(join(root, file), 'utf8');
      const exists = (path: string): boolean => existsSync(join(root, normalize(join(dirname(file), path))));
      const ports = name.includes('cloud') ? portFindings(file, text, fixedPorts(readTopology())) : [];
      return [...composeFindings(file, text, exists), ...ports];
    }),
  };
}

/** The cloud code path: every function of the topology, each where the others look for it (tools/cloud/fixed-ports.ts). */
export function portFindings(file: string, text: string, ports: FixedPorts): readonly Finding[] {
  const services = object(object(parse(text, { merge: true })).services);
  const environmentOf = (name: string): Body => object(object(services[name]).environment);
  const at = (port: number): string => `127.0.0.1:${port}`;
  const hosts = {
    FIRESTORE_EMULATOR_HOST: at(ports.firestore),
    PUBSUB_EMULATOR_HOST: at(ports.pubsub),
    FIREBASE_AUTH_EMULATOR_HOST: at(ports.auth),
    AUTOMATEOS_TASKS_ENDPOINT: at(ports.tasks),
    AUTOMATEOS_SCHEDULER_ENDPOINT: at(ports.scheduler),
    AUTOMATEOS_KMS_ENDPOINT: at(ports.kms),
    AUTOMATEOS_STORAGE_ENDPOINT: at(ports.storage),
    AUTOMATEOS_PUSH_ISSUER: `http://${at(ports.issuer)}`,
  };
  const urls = Object.fromEntries(
    Object.entries(ports.functions).map(([name, port]) => [
      `AUTOMATEOS_${name.replaceAll('-', '_').toUpperCase()}_URL`,
      `http://${at(port)}`,
    ]),
  );
  const messages = Object.entries(ports.functions).flatMap(([name, port]) => {
    if (services[name] === undefined) return [`the function ${name} has no service`];
    const environment = environmentOf(name);
    const expected: Readonly<Record<string, string>> = {
      ...hosts,
      ...urls,
      // what clients connect to themselves, they reach by the one port that is published
      AUTOMATEOS_LIVE_URL: String(environment.AUTOMATEOS_PUBLIC_URL ?? ''),
      PORT: String(port),
      AUTOMATEOS_SELF_URL: `http://${at(port)}`,
    };
    const wrong = Object.entries(expected).filter(
      ([key, value]) => (environment[key] ?? (key in urls ? value : undefined)) !== value,
    );
    return wrong.map(([key, value]) => `${name}: ${key} is ${value}`);
  });
  return messages.map((message) => ({ file, message }));
}

export function composeFindings(file: string, text: string, exists: (path: string) => boolean): readonly Finding[] {
  const compose = object(parse(text, { merge: true }));
  const services = object(compose.services);
  const volumes = Object.keys(object(compose.volumes));
  // Compose replaces them before it reads anything; $$ is a dollar sign
  const wrong = [...text.matchAll(/(?<!\$)\$\{([^}]*)\}/g)].filter(
    ([, inner = '']) => !/^[A-Z][A-Z0-9_]*(:?[-?+].*)?$/.test(inner),
  );
  const replaced = wrong.map(([whole]) => ({ file, message: `${whole} is no variable of Compose: write $\${whole}` }));
  const found = Object.entries(services)
    .flatMap(([name, service]) =>
      serviceFindings(object(service), { services, volumes, exists }).map((message) => `${name}: ${message}`),
    )
    .map((message) => ({ file, message }));
  return [...replaced, ...found];
}

type Known = { readonly services: Body; readonly volumes: readonly string[]; readonly exists: (path: string) => boolean };

function serviceFindings(service: Body, known: Known): readonly string[] {
  const limits = object(object(object(service.deploy).resources).limits);
  const rights = list(service.security_opt).some((option) => /^no-new-privileges(:true)?$/.test(String(option)));
  const runsToItsEnd = service.restart === 'no';
  return [
    ...Object.keys(service)
      .filter((key) => !serviceKeys.has(key))
      .map((key) => `unknown key ${key}`),
    ...(service.image === undefined && service.build === undefined ? ['has neither image nor build'] : []),
    ...(service.healthcheck === undefined && !runsToItsEnd ? ['has no healthcheck'] : []),
    ...(service.read_only === true ? [] : ['its root file system can be written: read_only: true']),
    ...(list(service.cap_drop).includes('ALL') ? [] : ['keeps capabilities: cap_drop: [ALL]']),
    ...(rights ? [] : ['may gain rights: no-new-privileges:true']),
    ...(limits.memory !== undefined && limits.cpus !== undefined ? [] : ['has no limits of memory and cpus']),
    ...buildFindings(object(service.build), known),
    ...orderFindings(service.depends_on, known.services),
    ...list(service.ports)
      .filter((port) => !String(port).startsWith('127.0.0.1:'))
      .map((port) => `publishes ${port} to everybody: begin with 127.0.0.1:`),
    ...namedVolumes(service)
      .filter((name) => !known.volumes.includes(name))
      .map((name) => `the volume ${name} is not declared`),
  ];
}

function buildFindings(build: Body, { exists }: Known): readonly string[] {
  if (build.dockerfile === undefined) return [];
  const path = join(String(build.context ?? '.'), String(build.dockerfile));
  return exists(path) ? [] : [`${path} is not there`];
}

function orderFindings(dependsOn: unknown, services: Body): readonly string[] {
  return Object.entries(object(dependsOn)).flatMap(([name, value]) => {
    const condition = String(object(value).condition);
    const target = object(services[name]);
    return [
      ...(services[name] === undefined ? [`depends on ${name}, which is no service`] : []),
      ...(conditions.includes(condition) ? [] : [`depends on ${name} under an unknown condition ${condition}`]),
      ...(condition === 'service_healthy' && services[name] !== undefined && target.healthcheck === undefined
        ? [`waits for the health of ${name}, which has no healthcheck`]
        : []),
    ];
  });
}

function namedVolumes(service: Body): readonly string[] {
  return list(service.volumes)
    .map((volume) => String(volume).split(':')[0] ?? '')
    .filter((name) => /^\w/.test(name));
}
