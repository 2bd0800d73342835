/** What a workflow can be made of: the list, or one type with its params. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { NodeType } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

export function registerNodeTypes(program: Command, commands: Commands): void {
  program
    .command('node-types')
    .description('the node types of the server, or the params of one')
    .argument('[type]')
    .action((type: string | undefined) => commands.run((session) => (type === undefined ? list(session) : show(session, type))));
}

async function list({ api, out }: Session) {
  const items = await listAll(api, '/v1/node-types', NodeType, { limit: undefined });
  items.sort((a, b) => (a.type < b.type ? -1 : 1));
  out.result({ items, nextCursor: null }, () =>
    out.table(
      items,
      [
        { title: 'TYPE', value: (one) => one.type },
        { title: 'TITLE', value: (one) => one.title ?? '' },
        { title: 'PORTS', value: portsText },
        { title: 'WHAT IT DOES', value: (one) => one.description ?? '', flexible: true },
      ],
      'No node types.',
    ),
  );
  return done;
}

async function show({ api, out }: Session, type: string) {
  const found = (await listAll(api, '/v1/node-types', NodeType, { limit: undefined })).find((one) => one.type === type);
  if (found === undefined) {
    const message = `There is no node type ${JSON.stringify(type)} on ${api.url}.`;
    throw new CliError({ code: 'NOT_FOUND', message, exit: exitCode.failed, mend: ['See them all: automateos node-types'] });
  }
  out.result(found, () => {
    out.line(`${out.style.bold(found.type)}  ${oneLine(found.title ?? '')}`);
    out.line(oneLine(found.description ?? ''));
    out.line(`${out.style.dim('ports')}  ${portsText(found)}`);
    out.line();
    out.table(
      paramsOf(found.params),
      [
        { title: 'PARAM', value: (one) => one.name },
        { title: 'TYPE', value: (one) => one.type },
        { title: 'DEFAULT', value: (one) => one.fallback },
        { title: 'MEANING', value: (one) => one.meaning, flexible: true },
      ],
      'It takes no params.',
    );
  });
  return done;
}

function portsText({ ports }: NodeType): string {
  return Array.isArray(ports) ? ports.join(', ') : (ports ?? '');
}

type Param = { readonly name: string; readonly type: string; readonly fallback: string; readonly meaning: string };

function paramsOf(schema: JsonValue | undefined): Param[] {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const one = isJsonObject(property) ? property : {};
    const fallback = one.default === undefined ? (required.includes(name) ? 'required' : '') : JSON.stringify(one.default);
    return { name, type: typeText(one), fallback, meaning: typeof one.description === 'string' ? one.description : '' };
  });
}

function typeText(schema: JsonObject): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const options = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : [];
  if (options.length > 0) return [...new Set(options.filter(isJsonObject).map(typeText))].join(' | ');
  if (schema.type === 'array') return isJsonObject(schema.items) ? `list of ${typeText(schema.items)}` : 'list';
  return Array.isArray(schema.type) ? schema.type.join(' | ') : typeof schema.type === 'string' ? schema.type : 'any';
}
