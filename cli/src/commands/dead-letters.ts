/** What was given up on: steps whose worker kept dying, messages that a queue stopped delivering. Listed, shown, redriven, discarded. */
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { type Command, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import { type InputOptions, readInput } from '../files/read-json.ts';
import { DeadLetter, DeadLetterRedriven } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { humanInstant } from '../output/humanise.ts';
import { type Commands, done, type Session } from '../session.ts';
import { confirm } from './confirm.ts';
import { type FilterOptions, handleMany } from './many-dead-letters.ts';
import { showDeadLetter } from './show-dead-letter.ts';

type ListOptions = FilterOptions & { status: string };
type ManyOptions = FilterOptions & { all?: boolean; yes?: boolean };
type RedriveOptions = ManyOptions & InputOptions;
type DiscardOptions = ManyOptions & { reason?: string };

export function registerDeadLetters(program: Command, commands: Commands): void {
  const group = program.command('dead-letters').description('steps and messages that were given up on');
  const filtered = (command: Command): Command =>
    command
      .addOption(new Option('-k, --kind <kind>', 'of steps or of messages').choices(['step', 'message']))
      .option('-w, --workflow <id>', 'of this workflow')
      .option('-e, --execution <id>', 'of this execution')
      .option('--installation', 'messages that belong to no organization that is known');
  filtered(group.command('list').alias('ls'))
    .addOption(new Option('-s, --status <status>').choices(['open', 'redriven', 'discarded', 'any']).default('open'))
    .action((options: ListOptions) => commands.run((session) => list(session, options)));
  group
    .command('show')
    .description('one with its execution, step and input, and what can be done')
    .argument('<dead letter id>')
    .action((id: string) => commands.run((session) => showDeadLetter(session, id)));
  filtered(group.command('redrive'))
    .description('run the steps again, or send the messages again')
    .argument('[dead letter ids...]')
    .option('--all', 'all open ones that the filters find')
    .option('-i, --input <json>', 'another input for the step of one letter; - reads it from stdin')
    .option('-f, --input-file <file>', 'another input, from a file')
    .option('-y, --yes', 'do not ask')
    .action((ids: string[], options: RedriveOptions) => commands.run((session) => redrive(session, ids, options)));
  filtered(group.command('discard'))
    .description('do nothing about them; they stay listed as discarded until retention')
    .argument('[dead letter ids...]')
    .option('--all', 'all open ones that the filters find')
    .option('-r, --reason <text>', 'kept with the letters')
    .option('-y, --yes', 'do not ask')
    .action((ids: string[], options: DiscardOptions) => commands.run((session) => discard(session, ids, options)));
}

async function list({ api, host, out }: Session, options: ListOptions) {
  const query = {
    status: options.status === 'any' ? undefined : options.status,
    kind: options.kind,
    workflowId: options.workflow,
    executionId: options.execution,
    place: options.installation ? 'installation' : undefined,
  };
  const items = await listAll(api, '/v1/dead-letters', DeadLetter, query);
  out.result({ items, nextCursor: null }, () =>
    out.table(
      items,
      [
        { title: 'DEAD LETTER', value: (one) => one.id },
        { title: 'REASON', value: (one) => one.reason ?? '' },
        { title: 'STATUS', value: (one) => one.status },
        { title: 'WORKFLOW', value: (one) => one.workflowName ?? one.workflowId ?? '', flexible: true },
        { title: 'STEP', value: (one) => [one.scope, one.nodeId].filter(Boolean).join(' '), flexible: true },
        { title: 'EXECUTION', value: (one) => one.executionId ?? '' },
        { title: 'SINCE', value: (one) => humanInstant(one.createdAt, host.nowMs()), align: 'right' },
      ],
      options.status === 'open' ? 'No open dead letters.' : 'No dead letters.',
    ),
  );
  return done;
}

async function redrive(session: Session, ids: readonly string[], options: RedriveOptions) {
  const input = await readInput(session.host, options);
  const [id] = ids;
  if (input !== undefined && (id === undefined || ids.length > 1))
    throw usageError('Another input goes to one dead letter: name it.');
  if (input !== undefined && !isJsonObject(input)) throw usageError('The input of a step is a JSON object of its params.');
  if (id === undefined || ids.length > 1) {
    requireChoice(ids, options);
    if (ids.length === 0 && !(await agreed(session, 'Redrive all that the filters find?', options))) return done;
    return await handleMany(session, 'redrive', ids, options);
  }
  const { api, out } = session;
  const json: JsonObject = isJsonObject(input) ? { input } : {};
  const answer = await api.call(DeadLetterRedriven, `/v1/dead-letters/${encodeURIComponent(id)}/redrive`, {
    method: 'POST',
    json,
  });
  const others = (answer.letters ?? []).filter((letter) => letter !== id).length;
  out.result(answer, () => {
    out.line(`${out.style.good('✓')} ${id} is redriven${others > 0 ? `, and ${others} more of its execution` : ''}.`);
  });
  if (answer.executionId) out.note(out.noteStyle.dim(`Follow it: automateos tail ${answer.executionId}`));
  return done;
}

async function discard(session: Session, ids: readonly string[], options: DiscardOptions) {
  requireChoice(ids, options);
  const question = ids.length === 0 ? 'Discard all that the filters find?' : `Discard ${ids.join(', ')}?`;
  if (!(await agreed(session, question, options))) return done;
  return await handleMany(session, 'discard', ids, options);
}

function requireChoice(ids: readonly string[], options: ManyOptions): void {
  const isFiltered = options.kind ?? options.workflow ?? options.execution;
  if (ids.length > 0 && (options.all || isFiltered !== undefined))
    throw usageError('Name dead letters, or give --all with filters.');
  if (ids.length === 0 && !options.all) throw usageError('Name the dead letters, or give --all.', 'automateos dead-letters list');
}

async function agreed(session: Session, question: string, { yes }: ManyOptions): Promise<boolean> {
  return yes === true || (await confirm(session, question));
}
