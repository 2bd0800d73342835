/** Credentials: which there are, making one, trying one. Values come from a file or stdin: on a command line everybody on the machine sees them. */
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { readText } from '../files/read-sources.ts';
import type { Host } from '../host.ts';
import { Credential, CredentialVerdict } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { humanInstant } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type CreateOptions = { readonly kind: string; readonly dataFile: string; readonly host?: readonly string[] };

export function registerCredentials(program: Command, commands: Commands): void {
  const group = program.command('credentials').description('what steps prove themselves with; values are never shown');
  group
    .command('list')
    .alias('ls')
    .action(() => commands.run(list));
  group
    .command('create')
    .argument('<name>')
    .requiredOption('-k, --kind <kind>', 'http-bearer, http-basic, api-key, ...: GET /v1/credential-types has them')
    .requiredOption('--data-file <file>', 'its fields as a JSON object; - is stdin')
    .option('--host <hosts...>', 'the only hosts that it may be sent to')
    .action((name: string, options: CreateOptions) => commands.run((session) => create(session, name, options)));
  group
    .command('test')
    .argument('<credential id>')
    .option('--address <url>', 'GET this with it, in place of the request of its kind')
    .action((id: string, options: { readonly address?: string }) =>
      commands.run((session) => tryOut(session, id, options.address)),
    );
}

async function list({ api, host, out }: Session) {
  const items = await listAll(api, '/v1/credentials', Credential);
  out.result({ items, nextCursor: null }, () =>
    out.table(
      items,
      [
        { title: 'CREDENTIAL', value: (one) => one.id },
        { title: 'NAME', value: (one) => one.name, flexible: true },
        { title: 'KIND', value: (one) => one.kind },
        { title: 'STATE', value: (one) => one.authorization ?? one.source ?? '' },
        { title: 'HOSTS', value: (one) => (one.allowedHosts ?? []).join(', '), flexible: true },
        { title: 'CHANGED', value: (one) => humanInstant(one.updatedAt, host.nowMs()), align: 'right' },
      ],
      'No credentials.',
    ),
  );
  return done;
}

async function create({ api, host, out }: Session, name: string, { kind, dataFile, host: hosts }: CreateOptions) {
  const data = await readFields(host, dataFile);
  const json = { name, kind, data, ...(hosts === undefined ? {} : { allowedHosts: [...hosts] }) };
  const made = await api.call(Credential, '/v1/credentials', { method: 'POST', json });
  out.result(made, () => {
    out.line(`${out.style.good('✓')} ${oneLine(made.name)} is stored as ${made.id}.`);
    if (made.authorization === 'none') out.line(`Now somebody has to authorize it: POST /v1/credentials/${made.id}/authorize`);
  });
  return done;
}

/** What does not parse is not quoted: it holds secrets. */
async function readFields(host: Host, file: string): Promise<JsonObject> {
  const text = file === '-' ? await host.stdin.readAll() : await readText(host, file);
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    fields = null; // told below, without its text
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields) || !isJsonObject(fields as JsonObject))
    throw usageError(`${file === '-' ? 'stdin' : file} is no JSON object of fields, such as {"token": "..."}.`);
  return fields as JsonObject; // parsed from JSON, and an object
}

async function tryOut({ api, out }: Session, id: string, address: string | undefined) {
  const json = address === undefined ? {} : { url: address };
  const path = `/v1/credentials/${encodeURIComponent(id)}/test`;
  const verdict = await api.call(CredentialVerdict, path, { method: 'POST', json });
  out.result(verdict, () => out.line(`${verdict.ok ? out.style.good('✓') : out.style.bad('✗')} ${oneLine(verdict.detail)}`));
  return verdict.ok ? done : exitCode.failed;
}
