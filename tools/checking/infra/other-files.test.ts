/** Each check must see the mistake that it is there for: the real files pass, and each with one mistake planted does not. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixedPorts } from '../../cloud/fixed-ports.ts';
import { readTopology } from '../../cloud/read-topology.ts';
import { checkCloudBuild, stepFindings } from './cloudbuild-file.ts';
import { checkComposeFiles, composeFindings, portFindings } from './compose-files.ts';
import { checkDockerfiles, lintFindings, ruleFindings } from './dockerfiles.ts';
import { checkEnvExample, exampleFindings } from './env-example.ts';
import { checkFirebaseFiles, schemaFindings, targetFindings } from './firebase-files.ts';
import { checkKubernetes, type Manifest, manifestFindings } from './kubernetes-files.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const messages = (findings: readonly { readonly message: string }[]): string => findings.map(({ message }) => message).join('\n');
const everything = () => true;

/** The file's text with one piece replaced by another. */
function planted(file: string, from: string, to: string): string {
  const text = read(file);
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('cloudbuild.yaml', () => {
  const scratch = '.cloudbuild-planted.yaml';
  afterEach(() => rmSync(join(root, scratch), { force: true }));

  it('is sound', () => {
    expect(checkCloudBuild(root).findings).toEqual([]);
  });

  it.each([
    ['a step that waits for none', 'waitFor: [plan]', 'waitFor: [pan]', 'step apply waits for pan'],
    ['a secret that is not there', 'secretEnv: [OWNER_PASSWORD]', 'secretEnv: [OWNER_PASS]', 'asks for the secret OWNER_PASS'],
    ['an image without a version', 'name: hashicorp/terraform:1.11.4', 'name: hashicorp/terraform', 'without a version'],
    ['a script that goes on after an error', 'set -euo pipefail', 'set -x', 'goes on after an error'],
  ])('%s is found', (_, from, to, said) => {
    expect(messages(stepFindings(planted('cloudbuild.yaml', from, to), everything))).toContain(said);
  });

  it('a file that a step runs and that is not there is found', () => {
    expect(messages(stepFindings(read('cloudbuild.yaml'), (path) => path !== 'infra/deploy/main.ts'))).toContain(
      'infra/deploy/main.ts, which is not there',
    );
  });

  it('a field that Cloud Build does not know is found by its own decoder', (context) => {
    writeFileSync(join(root, scratch), planted('cloudbuild.yaml', 'machineType:', 'machinType:'));
    const { findings, notes = [] } = checkCloudBuild(root, scratch);
    context.skip(notes.length > 0, 'needs the Google Cloud SDK and python3');
    expect(messages(findings)).toContain('machinType');
  });
});

describe('firebase.json', () => {
  it('is sound', () => {
    expect(checkFirebaseFiles(root).findings).toEqual([]);
  });

  it('a mistyped field is found', () => {
    const text = planted('firebase.json', '"public"', '"publik"');
    expect(messages(schemaFindings(root, 'firebase.json', 'firebase-config.json', text))).toContain('publik');
  });

  it('a rewrite to no function is found, and a file that is not there', () => {
    expect(messages(targetFindings(root, planted('firebase.json', '"automateos-webhook"', '"automateos-hook"')))).toContain(
      'automateos-hook',
    );
    expect(messages(targetFindings(root, planted('firebase.json', '"firestore.rules"', '"fire.rules"')))).toContain(
      'fire.rules is not there',
    );
  });
});

describe('Dockerfiles', () => {
  const file = 'infra/docker/server.Dockerfile';
  const known = { node: '24.21.0', exists: everything };

  it('are sound', () => {
    expect(checkDockerfiles(root).findings).toEqual([]);
  });

  it.each([
    ['root', 'USER node\n', '', 'it runs as root'],
    [
      'a base without a version',
      `FROM node:\${NODE_VERSION}-bookworm-slim\${NODE_DIGEST} AS server`,
      'FROM node AS server',
      'the base node has no version',
    ],
    ['another Node than the project has', 'NODE_VERSION=24.21.0', 'NODE_VERSION=22.1.0', 'it runs Node 22.1.0'],
    ['no health check', 'HEALTHCHECK --interval', 'LABEL x --interval', 'no HEALTHCHECK'],
    [
      'a shell between',
      'CMD ["node", "functions/src/entry/embedded.ts"]',
      'CMD node functions/src/entry/embedded.ts',
      'keep signals from Node',
    ],
    ['an install past the lock file', 'npm ci --omit=dev --no-audit --no-fund -w web', 'npm install -w web', 'use npm ci'],
  ])('%s is found', (_, from, to, said) => {
    expect(messages(ruleFindings(file, planted(file, from, to), known))).toContain(said);
  });

  it('what is copied must be there', () => {
    expect(messages(ruleFindings(file, read(file), { ...known, exists: (path) => path !== 'templates' }))).toContain(
      'copies templates',
    );
  });

  it('dockerfilelint has its say', () => {
    const scratch = '.planted.Dockerfile';
    writeFileSync(join(root, scratch), 'FROM debian:12\nRUN sudo apt-get install x\n');
    try {
      expect(lintFindings(root, scratch).length).toBeGreaterThan(0);
    } finally {
      rmSync(join(root, scratch));
    }
  });
});

describe('compose files', () => {
  const file = 'infra/docker/docker-compose.yml';

  it('are sound', () => {
    expect(checkComposeFiles(root).findings).toEqual([]);
  });

  it.each([
    ['a writable root file system', 'read_only: true', 'read_only: false', 'root file system can be written'],
    ['capabilities', 'cap_drop: [ALL]', 'cap_drop: []', 'keeps capabilities'],
    ['rights to be gained', 'no-new-privileges:true', 'apparmor:x', 'may gain rights'],
    ['no health check', 'healthcheck:', 'helthcheck:', 'has no healthcheck'],
    ['a key that compose does not know', 'stop_grace_period', 'stop_grace', 'unknown key stop_grace'],
    ['no limit', 'memory: 1G', 'swap: 1G', 'no limits'],
    ['a port for everybody', `127.0.0.1:\${PORT:-8080}:8080`, '8080:8080', 'publishes 8080:8080 to everybody'],
    ['a volume that is not declared', '- data:/data', '- dato:/data', 'the volume dato'],
  ])('%s is found', (_, from, to, said) => {
    expect(messages(composeFindings(file, planted(file, from, to), everything))).toContain(said);
  });

  it('a function that others look for elsewhere is found, and one that is missing', () => {
    const cloud = 'infra/docker/docker-compose.cloud.yml';
    const ports = fixedPorts(readTopology());
    expect(messages(portFindings(cloud, planted(cloud, 'PORT: "9113"', 'PORT: "9999"'), ports))).toBe('worker: PORT is 9113');
    expect(messages(portFindings(cloud, planted(cloud, '127.0.0.1:9101', '127.0.0.1:9199'), ports))).toContain(
      'FIRESTORE_EMULATOR_HOST is',
    );
    expect(messages(portFindings(cloud, planted(cloud, '\n  sweep:', '\n  swipe:'), ports))).toContain(
      'the function sweep has no service',
    );
  });

  it('a dollar sign that Compose would take for its own is found', () => {
    expect(
      messages(composeFindings(file, planted(file, 'init: true', `init: true # \${process.env.PORT}`), everything)),
    ).toContain('no variable of Compose');
  });

  it('an order that cannot be kept is found', () => {
    const text =
      'services:\n  a:\n    image: x:1\n    depends_on: { b: { condition: service_healthy }, c: { condition: ready } }\n  b: { image: y:1 }\n';
    const said = messages(composeFindings(file, text, everything));
    expect(said).toContain('waits for the health of b, which has no healthcheck');
    expect(said).toContain('depends on c, which is no service');
    expect(said).toContain('unknown condition ready');
  });
});

describe('Kubernetes manifests', () => {
  const part = (folder: string, files: readonly string[], change: (text: string) => string): readonly Manifest[] =>
    files.map((name) => {
      const file = `infra/k8s/${folder}/${name}.yaml`;
      const body = parse(change(read(file)));
      return { file, kind: body.kind, name: body.metadata.name, body };
    });
  const server = ['service-account', 'config', 'stateful-set', 'service', 'ingress', 'disruption-budget', 'network-policy'];

  it('are sound', () => {
    expect(checkKubernetes(root).findings).toEqual([]);
  });

  it.each([
    ['no liveness probe', 'livenessProbe', 'liveProbe', 'has no livenessProbe'],
    ['no limit of memory', 'memory: 1Gi', 'mem: 1Gi', 'has no limit of memory'],
    ['root', 'runAsNonRoot: true', 'runAsNonRoot: false', 'may run as root'],
    ['a writable root', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'may write its root'],
    ['no seccomp profile', 'type: RuntimeDefault', 'type: Unconfined', 'seccompProfile'],
    ['capabilities', 'drop: [ALL]', 'drop: []', 'keeps capabilities'],
    ['two owners of one folder', 'replicas: 1', 'replicas: 2', 'one owner'],
    [
      'a selector for nothing',
      'app.kubernetes.io/name: automateos-server\n  ports',
      'app.kubernetes.io/name: other\n  ports',
      'chooses no pod',
    ],
    [
      'a probe at a port that is not there',
      'port: http\n            periodSeconds: 2',
      'port: web\n            periodSeconds: 2',
      'at the port web',
    ],
    ['an unknown kind', 'kind: PodDisruptionBudget', 'kind: DisruptionBudget', 'unknown kind'],
    ['an old API version', 'policy/v1', 'policy/v1beta1', 'is of policy/v1'],
    [
      'a backend that is not there',
      'name: automateos-server\n                port',
      'name: gone\n                port',
      'leads to the service gone',
    ],
  ])('%s is found', (_, from, to, said) => {
    expect(messages(manifestFindings(part('server', server, (text) => text.replace(from, to))))).toContain(said);
  });
});

describe('.env.example', () => {
  const variables = [
    { name: 'PORT', required: false, fallback: '8080' },
    { name: 'NAME', required: true, fallback: null },
  ];
  const find = (text: string) => messages(exampleFindings(text, { embedded: variables, cloud: [] }));

  it('is sound', () => {
    expect(checkEnvExample(root).findings).toEqual([]);
    expect(find('# == embedded\n# the port\n# PORT=8080\n# a name\nNAME=\n')).toBe('');
  });

  it('drift is found: a variable too few or too many, twice, with another default, without a word', () => {
    expect(find('# == embedded\n# the port\n# PORT=8080\n')).toContain('NAME is missing');
    expect(find('# == embedded\n# x\n# OTHER=1\n')).toContain('there is no variable OTHER');
    expect(find('# == embedded\n# x\n# PORT=1\n')).toContain('the default of PORT is "8080", not "1"');
    expect(find('# == embedded\n# x\nNAME=\n# x\nNAME=\n')).toContain('NAME stands twice');
    expect(find('# == embedded\n\nNAME=\n')).toContain('nothing says what NAME is');
  });
});
