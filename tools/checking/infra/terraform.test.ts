/** Each check must see the mistake that it is there for: the real files pass, and each with one mistake planted does not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudVariables } from '../../../functions/src/config/described-variables.ts';
import { readTopology } from '../../cloud/read-topology.ts';
import { argumentFindings } from './terraform-arguments.ts';
import { parseTerraform, type TerraformModule, terraformFolder } from './terraform-files.ts';
import { checkTerraformFormat } from './terraform-format.ts';
import { evaluateLocals } from './terraform-locals.ts';
import { referenceFindings } from './terraform-references.ts';
import { accessFindings, environmentFindings, metricFindings, variableFindings } from './terraform-wiring.ts';

const root = join(import.meta.dirname, '../../..');
const texts = new Map(
  readdirSync(join(root, terraformFolder))
    .filter((name) => name.endsWith('.tf'))
    .map((name) => [`${terraformFolder}/${name}`, readFileSync(join(root, terraformFolder, name), 'utf8')]),
);

/** The real module with one piece of text replaced by another. */
function planted(file: string, from: string, to: string): Promise<TerraformModule> {
  const path = `${terraformFolder}/${file}`;
  const text = texts.get(path) ?? '';
  expect(text).toContain(from);
  return parseTerraform(new Map([...texts, [path, text.replace(from, to)]]));
}

const topology = readTopology();

const messages = (findings: readonly { readonly message: string }[]): string => findings.map(({ message }) => message).join('\n');

describe('arguments of Google resources', () => {
  it('of the real files are all known', async () => {
    expect(argumentFindings(root, await parseTerraform(texts))).toEqual([]);
  });

  it.each([
    [
      'a mistyped argument',
      'pubsub.tf',
      'ack_deadline_seconds       = each',
      'ack_deadline_second = each',
      'no argument ack_deadline_second',
    ],
    [
      'a mistyped argument of a nested block',
      'pubsub.tf',
      'audience              = local.urls[each',
      'audiense = local.urls[each',
      'no argument push_config.oidc_token.audiense',
    ],
    [
      'a mistyped argument of a dynamic block',
      'functions.tf',
      'name  = env.key',
      'nam = env.key',
      'no argument template.containers.env.nam',
    ],
    [
      'a missing argument',
      'kms.tf',
      'key_ring = google_kms_key_ring.main.id\n  purpose  = "MAC"',
      'purpose  = "MAC"',
      'key_ring is required',
    ],
    ['a missing nested argument', 'pubsub.tf', 'push_endpoint = ', '# ', 'push_config.push_endpoint is required'],
    [
      'a number given as a word',
      'pubsub.tf',
      'max_delivery_attempts = each.value.maxDeliveryAttempts',
      'max_delivery_attempts = "many"',
      'max_delivery_attempts is a number',
    ],
    [
      'a block where a value belongs',
      'storage.tf',
      'storage_class               = "STANDARD"',
      'storage_class { x = 1 }',
      'storage_class is no block',
    ],
    [
      'a resource that does not exist',
      'kms.tf',
      '"google_kms_key_ring" "main"',
      '"google_kms_keyring" "main"',
      'the provider has no such resource',
    ],
    [
      'a beta resource without its provider',
      'firebase.tf',
      'resource "google_firebase_project" "this" {\n  provider = google-beta',
      'resource "google_firebase_project" "this" {',
      'google-beta alone',
    ],
    [
      'HCL that cannot be read',
      'kms.tf',
      'resource "google_kms_key_ring" "main" {',
      'resource "google_kms_key_ring" "main" {{',
      'block definition required',
    ],
  ])('%s is found', async (_, file, from, to, said) => {
    expect(messages(argumentFindings(root, await planted(file, from, to)))).toContain(said);
  });
});

describe('references in Terraform', () => {
  it('of the real files all lead somewhere', async () => {
    expect(referenceFindings(root, await parseTerraform(texts))).toEqual([]);
  });

  it.each([
    ['an undeclared variable', 'locals.tf', 'var.environment', 'var.enviroment', 'var.enviroment is declared nowhere'],
    [
      'an undeclared local',
      'pubsub.tf',
      'member = local.pubsub_agent',
      'member = local.agent',
      'local.agent is declared nowhere',
    ],
    [
      'an undeclared resource',
      'outputs.tf',
      'google_storage_bucket.blobs.name',
      'google_storage_bucket.values.name',
      'google_storage_bucket.values is declared nowhere',
    ],
    [
      'an attribute that a resource has not',
      'outputs.tf',
      'google_storage_bucket.blobs.name',
      'google_storage_bucket.blobs.title',
      'has no attribute title',
    ],
  ])('%s is found', async (_, file, from, to, said) => {
    expect(messages(referenceFindings(root, await planted(file, from, to)))).toContain(said);
  });

  it('what is declared and used nowhere is found', async () => {
    const module = await planted(
      'kms.tf',
      'resource "google_kms_key_ring"',
      'variable "idle" {\n  type = string\n}\n\nresource "google_kms_key_ring"',
    );
    expect(messages(referenceFindings(root, module))).toContain('var.idle is used nowhere');
  });
});

describe('Terraform and what it serves', () => {
  const config = cloudVariables();

  it('a function gets every variable that it needs and none that it does not know', async () => {
    const module = await planted('functions.tf', 'AUTOMATEOS_BUCKET ', 'AUTOMATEOS_BUKET ');
    expect(messages(environmentFindings(module, config))).toBe(
      'the functions need AUTOMATEOS_BUCKET, which local.environment does not set\nlocal.environment sets AUTOMATEOS_BUKET, which the functions do not know',
    );
    expect(environmentFindings(await parseTerraform(texts), config)).toEqual([]);
  });

  it('a function without an account of its own is found, and an account of none', async () => {
    const module = await parseTerraform(texts);
    const { worker, webhook: _, ...fewer } = topology.functions;
    if (worker === undefined) throw new Error('there is no worker');
    const more = { ...topology, functions: { ...topology.functions, 'unheard-of': worker } };
    expect(messages(accessFindings(module, more))).toBe('local.access lacks the function unheard-of');
    expect(messages(accessFindings(module, { ...topology, functions: { ...fewer, worker } }))).toBe(
      'local.access names webhook, which is no function',
    );
  });

  it('whoever makes, removes or reconciles the jobs of schedules may do so', async () => {
    expect(accessFindings(await parseTerraform(texts), topology)).toEqual([]);
    const module = await planted('identities.tf', 'schedule     = { schedules = true }', 'schedule     = {}');
    expect(messages(accessFindings(module, topology))).toContain('gives schedule no right to the jobs of schedules');
  });

  it('a metric of an event that nobody writes is found, and a label that no event has', async () => {
    expect(metricFindings(await parseTerraform(texts))).toEqual([]);
    expect(messages(metricFindings(await planted('metrics.tf', 'hint-failed  ', 'hints-failed ')))).toContain(
      'no function writes the event hints-failed',
    );
    expect(messages(metricFindings(await planted('metrics.tf', 'labels = ["reason"]', 'labels = ["why"]')))).toContain(
      'the event dead-letter has no field why',
    );
  });

  it('a variable file that sets what does not exist is found', async () => {
    const values = { regoin: 'x', settings: { AUTOMATEOS_LOGLEVEL: 'debug' } };
    const findings = variableFindings(await parseTerraform(texts), { file: 'dev.tfvars', values }, config);
    expect(messages(findings)).toBe('there is no variable regoin\nthe functions do not know AUTOMATEOS_LOGLEVEL');
  });
});

describe('Terraform itself', () => {
  it('works out what depends on no resource, and says what it cannot', async (context) => {
    const { findings, notes = [] } = evaluateLocals(root, await parseTerraform(texts));
    context.skip(notes.length > 0, 'needs Terraform: https://developer.hashicorp.com/terraform/install');
    expect(findings).toEqual([]);
    const broken = await planted(
      'locals.tf',
      'keys(local.topology.functions) : name =>',
      'keys(local.topology.function) : name =>',
    );
    expect(messages(evaluateLocals(root, broken).findings)).toContain('Error: Unsupported attribute');
  });

  it('tells what is not formatted', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'automateos-fmt-'));
    try {
      writeFileSync(join(folder, 'x.tf'), 'locals {\n a=1\n}\n');
      const { findings, notes = [] } = checkTerraformFormat(folder, '.');
      context.skip(notes.length > 0, 'needs Terraform: https://developer.hashicorp.com/terraform/install');
      expect(messages(findings)).toContain('not as terraform fmt writes it');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
