/** Terraform agrees with what it serves: the functions' configuration, infra/topology.json, the log events, the variable files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { logEvents } from '../../../functions/src/app/telemetry/log-events.ts';
import { type ConfigVariable, cloudVariables } from '../../../functions/src/config/described-variables.ts';
import { readTopology, type Topology } from '../../cloud/read-topology.ts';
import type { Finding, InfraReport } from './finding.ts';
import { object, readTerraform, type TerraformModule, terraformFolder } from './terraform-files.ts';

/** Given to single services beside the environment that all share. */
const ofSingleServices = ['AUTOMATEOS_SELF_URL', 'AUTOMATEOS_CONCURRENCY', 'AUTOMATEOS_OWNER_PASSWORD'];

export async function checkTerraformWiring(root: string): Promise<InfraReport> {
  const module = await readTerraform(root);
  const variableFiles = await Promise.all(['dev.tfvars', 'prod.tfvars'].map((name) => readVariables(root, name)));
  return {
    findings: [
      ...environmentFindings(module, cloudVariables()),
      ...accessFindings(module, readTopology()),
      ...metricFindings(module),
      ...variableFiles.flatMap((file) => variableFindings(module, file, cloudVariables())),
    ],
  };
}

type VariableFile = { readonly file: string; readonly values: Readonly<Record<string, unknown>> };

async function readVariables(root: string, name: string): Promise<VariableFile> {
  const file = `${terraformFolder}/${name}`;
  return { file, values: object(await parse(name, readFileSync(join(root, file), 'utf8'))) };
}

/** Every variable that a function cannot do without is set, and none that it does not know. */
export function environmentFindings(module: TerraformModule, config: readonly ConfigVariable[]): readonly Finding[] {
  const local = module.locals.find(({ name }) => name === 'environment');
  if (local === undefined) return [{ file: terraformFolder, message: 'local.environment is missing' }];
  const set = [...JSON.stringify(local.body).matchAll(/([A-Z][A-Z0-9_]{3,})\s*=/g)].map(([, name = '']) => name);
  const known = config.map(({ name }) => name);
  const needed = config.filter(({ required }) => required).map(({ name }) => name);
  return [
    ...needed
      .filter((name) => !set.includes(name) && !ofSingleServices.includes(name))
      .map((name) => `the functions need ${name}, which local.environment does not set`),
    ...set
      .filter((name) => !known.includes(name))
      .map((name) => `local.environment sets ${name}, which the functions do not know`),
  ].map((message) => ({ file: local.file, message }));
}

/** Rights are given to what there is, and what there is has its rights. */
export function accessFindings(module: TerraformModule, topology: Pick<Topology, 'functions' | 'jobs'>): readonly Finding[] {
  const local = module.locals.find(({ name }) => name === 'access');
  const access = object(local?.body.value);
  const functions = Object.keys(topology.functions);
  const named = Object.keys(access);
  const missing = functions.filter((name) => !named.includes(name));
  const unknown = named.filter((name) => !functions.includes(name) && name !== 'setup');
  // activations make and remove the jobs of schedules, and the tick reconciles them: without the right it fails quietly, for ever
  const ofJobs = new Set(['api', topology.jobs.tick?.function ?? 'schedule']);
  const powerless = [...ofJobs].filter((name) => named.includes(name) && object(access[name]).schedules !== true);
  return [
    ...missing.map((name) => `local.access lacks the function ${name}`),
    ...unknown.map((name) => `local.access names ${name}, which is no function`),
    ...powerless.map((name) => `local.access gives ${name} no right to the jobs of schedules, which it puts right`),
  ].map((message) => ({ file: local?.file ?? terraformFolder, message }));
}

/** Log-based metrics are of events that functions write, and of fields that these have. */
export function metricFindings(module: TerraformModule): readonly Finding[] {
  const events: Readonly<Record<string, { readonly fields: object }>> = logEvents;
  return module.locals
    .filter(({ name }) => name === 'counters' || name === 'distributions')
    .flatMap(({ file, body }) =>
      Object.entries(object(body.value)).flatMap(([key, value]) => {
        const { event = key, field, labels } = object(value);
        const fields = Object.keys(events[String(event)]?.fields ?? {});
        if (!Object.hasOwn(events, String(event))) return [{ file, message: `no function writes the event ${event}` }];
        const asked = [...(Array.isArray(labels) ? labels : []), ...(field === undefined ? [] : [field])].map(String);
        return asked
          .filter((name) => !fields.includes(name))
          .map((name) => ({ file, message: `the event ${event} has no field ${name}` }));
      }),
    );
}

/** A variable file sets variables that exist, and settings that the functions know. */
export function variableFindings(
  module: TerraformModule,
  { file, values }: VariableFile,
  config: readonly ConfigVariable[],
): readonly Finding[] {
  const declared = module.variables.map(({ name }) => name);
  const known = config.map(({ name }) => name);
  return [
    ...Object.keys(values)
      .filter((name) => !declared.includes(name))
      .map((name) => `there is no variable ${name}`),
    ...Object.keys(object(values.settings))
      .filter((name) => !known.includes(name))
      .map((name) => `the functions do not know ${name}`),
  ].map((message) => ({ file, message }));
}
