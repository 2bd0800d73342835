/** The files that describe infrastructure, offline: each check reads its own kind of file; what this machine cannot check is said. Exit code 1 when something is wrong. */
import { join } from 'node:path';
import { checkCloudBuild } from './infra/cloudbuild-file.ts';
import { checkComposeFiles } from './infra/compose-files.ts';
import { checkDockerfiles } from './infra/dockerfiles.ts';
import { checkEnvExample } from './infra/env-example.ts';
import type { InfraCheck } from './infra/finding.ts';
import { checkFirebaseFiles } from './infra/firebase-files.ts';
import { checkKubernetes } from './infra/kubernetes-files.ts';
import { checkTerraformArguments } from './infra/terraform-arguments.ts';
import { checkTerraformFormat } from './infra/terraform-format.ts';
import { checkTerraformLocals } from './infra/terraform-locals.ts';
import { checkTerraformReferences } from './infra/terraform-references.ts';
import { checkTerraformWiring } from './infra/terraform-wiring.ts';

const checks: readonly InfraCheck[] = [
  { name: 'format of Terraform', run: (root) => checkTerraformFormat(root) },
  { name: 'arguments of Google resources', run: checkTerraformArguments },
  { name: 'references in Terraform', run: checkTerraformReferences },
  { name: 'values of locals', run: checkTerraformLocals },
  { name: 'Terraform and what it serves', run: checkTerraformWiring },
  { name: 'cloudbuild.yaml', run: (root) => checkCloudBuild(root) },
  { name: 'firebase.json', run: checkFirebaseFiles },
  { name: 'Dockerfiles', run: checkDockerfiles },
  { name: 'compose files', run: checkComposeFiles },
  { name: 'Kubernetes manifests', run: checkKubernetes },
  { name: '.env.example', run: checkEnvExample },
];

const root = join(import.meta.dirname, '../..');
let faults = 0;
for (const { name, run } of checks) {
  const { findings, notes = [] } = await run(root);
  faults += findings.length;
  for (const { file, message } of findings) console.log(`${name}: ${file}: ${message}`);
  for (const note of notes) console.log(`not checked here: ${note}`);
}
console.log(`${checks.length} checks, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
