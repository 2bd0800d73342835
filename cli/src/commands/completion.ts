/** Completion of command names and options for shells, made from the commands themselves. */
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { type Commands, done } from '../session.ts';

export function registerCompletion(program: Command, commands: Commands): void {
  program
    .command('completion')
    .description('a script for the shell: source <(automateos completion bash)')
    .argument('<shell>', 'bash, zsh or fish')
    .action((shell: string) =>
      commands.run(async ({ host }) => {
        if (shell === 'fish') host.stdout.write(fishScript(program));
        else if (shell === 'bash' || shell === 'zsh') host.stdout.write(bashScript(program, shell));
        else throw usageError(`There is no completion for ${JSON.stringify(shell)}.`, 'One of: bash, zsh, fish');
        return done;
      }),
    );
}

function bashScript(program: Command, shell: 'bash' | 'zsh'): string {
  const cases = program.commands.map(
    (command) => `    ${[command.name(), ...command.aliases()].join('|')}) words="${wordsOf(command)}" ;;`,
  );
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_automateos() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  [ "$COMP_CWORD" -le 1 ] && words="${wordsOf(program)}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _automateos automateos
`;
}

function fishScript(program: Command): string {
  const top = program.commands.map(
    (one) => `complete -c automateos -n __fish_use_subcommand -a ${one.name()} -d ${quoted(one.description())}`,
  );
  const below = program.commands.map(
    (one) => `complete -c automateos -n '__fish_seen_subcommand_from ${one.name()}' -a '${wordsOf(one)}'`,
  );
  return `${[...top, ...below].join('\n')}\n`;
}

function wordsOf(command: Command): string {
  const names = command.commands.map((one) => one.name());
  const options = command.options.map((option) => option.long ?? option.short ?? '');
  return [...names, ...options, '--json', '--help'].filter((word) => word !== '').join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
