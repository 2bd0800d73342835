/** A workflow by id or by its exact name. */
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { Workflow } from './answers.ts';
import type { ApiClient } from './api-client.ts';
import { eachItem } from './list.ts';

export async function findWorkflow(api: ApiClient, idOrName: string): Promise<z.infer<typeof Workflow>> {
  if (/^wf_\w+$/.test(idOrName)) {
    const byId = await getOrNull(api, idOrName);
    if (byId !== null) return byId;
  }
  const byName = await findByName(api, idOrName);
  if (byName !== null) return byName;
  throw new CliError({
    code: 'NOT_FOUND',
    message: `There is no workflow ${JSON.stringify(idOrName)} on ${api.url}.`,
    exit: exitCode.failed,
    mend: ['See what there is: automateos workflows list'],
  });
}

export async function findByName(api: ApiClient, name: string): Promise<Workflow | null> {
  for await (const workflow of eachItem(api, '/v1/workflows', Workflow, { search: name, limit: 200 })) {
    if (workflow.name === name) return workflow;
  }
  return null;
}

async function getOrNull(api: ApiClient, id: string): Promise<Workflow | null> {
  try {
    return await api.call(Workflow, `/v1/workflows/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof CliError && error.details.status === 404) return null;
    throw error;
  }
}
