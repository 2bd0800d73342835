/** cloudbuild.yaml is read by the decoder of Google's own command line, which knows every field; steps wait for steps that there are. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Finding, InfraReport } from './finding.ts';
import { list, object } from './terraform-files.ts';

const file = 'cloudbuild.yaml';
const decoder = `
import sys
sdk = sys.argv[1] + '/lib'
sys.path[:0] = [sdk, sdk + '/third_party']
from googlecloudsdk.api_lib.cloudbuild import cloudbuild_util
from googlecloudsdk.generated_clients.apis.cloudbuild.v1 import cloudbuild_v1_messages as messages
try:
    cloudbuild_util.LoadMessageFromPath(sys.argv[2], messages.Build, 'Cloud Build config', ['substitutions'])
except Exception as error:
    print(error)
    sys.exit(3)
`;

export function checkCloudBuild(root: string, path = file): InfraReport {
  const findings = stepFindings(readFileSync(join(root, path), 'utf8'), (name) => existsSync(join(root, name)));
  const sdk = findSdk();
  if (sdk === null) return { findings, notes: ['the fields of cloudbuild.yaml (no Google Cloud SDK)'] };
  const { error, status, stdout, stderr } = spawnSync('python3', ['-c', decoder, sdk, join(root, path)], { encoding: 'utf8' });
  if (error !== undefined) return { findings, notes: ['the fields of cloudbuild.yaml (no python3)'] };
  if (status === 0) return { findings };
  if (status === 3) return { findings: [...findings, { file, message: stdout.trim() }] };
  return {
    findings,
    notes: [`the fields of cloudbuild.yaml (the SDK's decoder does not run: ${stderr.trim().split('\n').at(-1)})`],
  };
}

/** The folder above gcloud's own; null without one. */
function findSdk(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const gcloud = join(folder, 'gcloud');
    if (folder === '' || !existsSync(gcloud)) continue;
    const sdk = dirname(dirname(realpathSync(gcloud)));
    if (existsSync(join(sdk, 'lib/googlecloudsdk'))) return sdk;
  }
  return null;
}

export function stepFindings(text: string, exists: (path: string) => boolean): readonly Finding[] {
  const build = object(parse(text));
  const steps = list(build.steps).map(object);
  const ids = steps.map(({ id }) => String(id));
  const secrets = list(object(build.availableSecrets).secretManager).map((one) => object(one).env);
  const messages = steps.flatMap((step, at) => {
    const earlier = ids.slice(0, at);
    const script = String(step.script ?? '');
    return [
      ...list(step.waitFor)
        .filter((id) => !earlier.includes(String(id)))
        .map((id) => `step ${step.id} waits for ${id}, which is no earlier step`),
      ...list(step.secretEnv)
        .filter((name) => !secrets.includes(name))
        .map((name) => `step ${step.id} asks for the secret ${name}, which is not available`),
      ...(/:latest$|^[^:@]+$/.test(String(step.name)) && !String(step.name).startsWith('gcr.io/cloud-builders/')
        ? [`step ${step.id} runs an image without a version: ${step.name}`]
        : []),
      ...(script.startsWith('#!') && /set -eu/.test(script)
        ? []
        : [`the script of step ${step.id} goes on after an error: it begins with set -eu`]),
      ...[...script.matchAll(/(?:infra|tools)\/[\w./-]+\.(?:ts|sh|mjs|Dockerfile)/g)]
        .filter(([path]) => !exists(path))
        .map(([path]) => `step ${step.id} runs ${path}, which is not there`),
    ];
  });
  return messages.map((message) => ({ file, message }));
}
