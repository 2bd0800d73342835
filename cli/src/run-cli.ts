/** The whole command: arguments in, exit code out. Every error ends here, as words and a code, never as a stack trace. */
import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { registerAdmin } from './commands/admin.ts';
import { registerApply } from './commands/apply.ts';
import { registerApprovals } from './commands/approvals.ts';
import { registerBackup } from './commands/backup.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerCredentials } from './commands/credentials.ts';
import { registerDeadLetters } from './commands/dead-letters.ts';
import { registerDev } from './commands/dev.ts';
import { registerExecutionActions } from './commands/execution-actions.ts';
import { registerExecutions } from './commands/executions.ts';
import { registerImport } from './commands/import.ts';
import { registerLogin } from './commands/login.ts';
import { registerNodeTypes } from './commands/node-types.ts';
import { registerRun } from './commands/run.ts';
import { registerSeed } from './commands/seed.ts';
import { registerTest } from './commands/test.ts';
import { registerTransfer } from './commands/transfer.ts';
import { registerValidate } from './commands/validate.ts';
import { registerWorkflows } from './commands/workflows.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { createRenderer } from './output/renderer.ts';
import { type Commands, type GlobalOptions, openSession } from './session.ts';
import { version } from './version.ts';

const groups = [
  registerLogin,
  registerValidate,
  registerApply,
  registerDev,
  registerRun,
  registerExecutions,
  registerExecutionActions,
  registerWorkflows,
  registerTransfer,
  registerImport,
  registerTest,
  registerApprovals,
  registerDeadLetters,
  registerCredentials,
  registerNodeTypes,
  registerAdmin,
  registerBackup,
  registerSeed,
  registerCompletion,
];

export async function runCli(argv: readonly string[], host: Host): Promise<ExitCode> {
  if (argv[0] === '--version') {
    host.stdout.write(`${version}\n`);
    return exitCode.succeeded;
  }
  let code: ExitCode = exitCode.succeeded;
  let complaint = '';
  const program = createProgram(host, (text) => {
    complaint += text;
  });
  const commands: Commands = {
    run: async (work) => {
      const session = await openSession(host, program.opts<GlobalOptions>());
      code = (await work(session)) ?? exitCode.succeeded;
    },
  };
  for (const register of groups) register(program, commands);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.succeeded;
    // A group without a command has shown its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.usage;
    const failure = asCliError(error, complaint);
    createRenderer(host, argv.includes('--json')).error(failure);
    return failure.details.exit;
  }
}

function createProgram(host: Host, complain: (text: string) => void): Command {
  return (
    new Command('automateos')
      .description('Create, run, follow and mend workflows of an AutomateOS server.')
      // --version belongs to `run --version <n>`; alone it is answered below.
      .version(version, '-V', 'print the version of this command')
      .option('--json', 'answer with JSON on stdout: one document, or a line per event for streams')
      .option('--url <address>', 'the server (else AUTOMATEOS_URL, else the one signed in to, else http://127.0.0.1:8080)')
      .configureOutput({
        writeOut: host.stdout.write,
        writeErr: host.stderr.write,
        outputError: complain,
        getOutHelpWidth: () => host.stdout.columns() || 100,
        getErrHelpWidth: () => host.stderr.columns() || 100,
      })
      .configureHelp({ showGlobalOptions: true })
      .showSuggestionAfterError()
      .exitOverride()
      .addHelpText(
        'after',
        `
Exit codes: 0 succeeded, 1 failed, 2 wrong usage, 3 cancelled or timed out, 4 server unreachable or not signed in.
Environment: AUTOMATEOS_URL, AUTOMATEOS_TOKEN (an API key or session token), NO_COLOR.

Start here:
  automateos login
  automateos seed
  automateos run sample-order-triage --input '{"orderId": 7, "total": 214}'`,
      )
  );
}

function asCliError(error: unknown, complaint: string): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    const [message = '', ...mend] = complaint
      .replace(/^error: /, '')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
    return new CliError({ code: 'USAGE', message: text, exit: exitCode.usage, mend: [...mend, 'See: automateos --help'] });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(
    { code: 'INTERNAL', message: `Something in this command failed: ${message}`, exit: exitCode.failed },
    { cause: error },
  );
}
