/** Checks files against the server, as saving would, and says where each fault stands. */
import type { Command } from 'commander';
import { exitCode } from '../exit-code.ts';
import { readSources } from '../files/read-sources.ts';
import type { BrokenSource, SourceWorkflow } from '../files/source-file.ts';
import { Validation } from '../http/answers.ts';
import type { ApiClient } from '../http/api-client.ts';
import { plural } from '../output/humanise.ts';
import { type PlacedProblem, renderProblems } from '../output/render-problems.ts';
import type { Commands, Session } from '../session.ts';

export function registerValidate(program: Command, commands: Commands): void {
  program
    .command('validate')
    .description('check workflow files without saving anything')
    .argument('<path...>', 'files, folders, or - for stdin')
    .action((paths: string[]) => commands.run((session) => validate(session, paths)));
}

type Checked = {
  readonly file: string;
  readonly name: string;
  readonly valid: boolean;
  readonly problems: readonly PlacedProblem[];
};

async function validate(session: Session, paths: readonly string[]) {
  const { out } = session;
  const checked: Checked[] = [];
  for (const source of await readSources(session.host, paths)) {
    const problems = await problemsOf(session.api, source);
    checked.push({
      file: source.file,
      name: source.kind === 'workflow' ? source.name : '',
      valid: problems.length === 0,
      problems,
    });
  }
  const faulty = checked.filter((one) => !one.valid);
  out.result({ valid: faulty.length === 0, files: checked }, () => {
    for (const { file, name, problems } of checked) {
      const sign = problems.length === 0 ? out.style.sign('succeeded') : out.style.sign('failed');
      out.line(`${sign} ${file}  ${out.style.dim(problems.length === 0 ? name : plural(problems.length, 'problem'))}`);
      if (problems.length > 0) out.line(renderProblems(problems, out.style).trimEnd());
    }
  });
  return faulty.length === 0 ? exitCode.succeeded : exitCode.failed;
}

export async function problemsOf(api: ApiClient, source: SourceWorkflow | BrokenSource): Promise<readonly PlacedProblem[]> {
  if (source.kind === 'broken') return source.problems;
  const answer = await api.call(Validation, '/v1/workflows/validate', {
    method: 'POST',
    text: { content: source.text, type: source.type },
  });
  return answer.problems.map(({ path, code, message, suggestion }) =>
    source.place({ path, code, message, ...(suggestion ? { suggestion } : {}) }),
  );
}
