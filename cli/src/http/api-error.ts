/** From what went wrong on the way or at the server to an error with its mend. */
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { isLoopback, type Settings } from '../settings.ts';

const ProblemDocument = z.looseObject({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  problems: z
    .array(
      z.looseObject({
        path: z.string().default(''),
        code: z.string().default(''),
        message: z.string().default(''),
        suggestion: z.string().optional(),
      }),
    )
    .optional(),
});

export function unreachableError(settings: Settings, cause: unknown): CliError {
  const reason = reasonOf(cause);
  return new CliError(
    {
      code: 'UNREACHABLE',
      message: `${settings.url} does not answer: ${reason}.`,
      exit: exitCode.unreachable,
      mend: [
        ...(isLoopback(settings.url) ? ["Start the server with `npm start` in AutomateOS's folder, then try again."] : []),
        'Another address: `automateos login <url>`, the option --url or AUTOMATEOS_URL.',
      ],
    },
    { cause },
  );
}

type Refusal = { readonly settings: Settings; readonly response: Response; readonly text: string; readonly nowMs: number };

export function problemError({ settings, response, text, nowMs }: Refusal): CliError {
  const { status } = response;
  const location = response.headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    return new CliError({
      code: 'REDIRECTED',
      message: `${settings.url} sends elsewhere: ${location}`,
      exit: exitCode.unreachable,
      mend: ['Sign in at the address that answers: automateos login <url>'],
      status,
    });
  }
  const document = parseProblem(text);
  if (document === null) {
    return new CliError({
      code: `HTTP_${status}`,
      message: `${settings.url} answered ${status} without saying why.`,
      exit: exitOf(status),
      mend: status === 404 ? ['The server may be older than this command, or something else answers at this address.'] : [],
      status,
    });
  }
  const seconds = response.headers.get('retry-after');
  return new CliError({
    code: document.code ?? `HTTP_${status}`,
    message: document.detail ?? document.title ?? `The server answered ${status}.`,
    exit: exitOf(status),
    mend: status === 401 ? signInMend(settings, nowMs) : seconds === null ? [] : [`Try again in ${seconds} s.`],
    status,
    ...(document.problems === undefined ? {} : { problems: document.problems.map(plainProblem) }),
    ...(document.requestId === undefined ? {} : { requestId: document.requestId }),
  });
}

function plainProblem(problem: { path: string; code: string; message: string; suggestion?: string | undefined }) {
  const { path, code, message, suggestion } = problem;
  return suggestion === undefined ? { path, code, message } : { path, code, message, suggestion };
}

function exitOf(status: number): ExitCode {
  return status === 401 || status === 403 ? exitCode.unreachable : exitCode.failed;
}

function signInMend(settings: Settings, nowMs: number): string[] {
  switch (settings.tokenFrom) {
    case 'environment':
      return ['AUTOMATEOS_TOKEN holds a token that this server does not accept.'];
    case 'config': {
      const over = settings.expiresAt !== undefined && Date.parse(settings.expiresAt) <= nowMs;
      return [
        `${over ? 'Your session has ended' : 'The stored token is not accepted any more'}. Sign in again: automateos login`,
      ];
    }
    case 'none':
      return [
        `Sign in first: automateos login${settings.url === '' ? '' : ` ${settings.url}`}`,
        'Or set AUTOMATEOS_TOKEN to an API key.',
      ];
  }
}

function parseProblem(text: string): z.infer<typeof ProblemDocument> | null {
  try {
    const parsed = ProblemDocument.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // Not JSON: something in between answered.
  }
}

/** The system's own word for what failed, which fetch hides in `cause`. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError') return 'no answer in time';
    if (at instanceof AggregateError && at.errors.length > 0) return reasonOf(at.errors[0]);
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name is not known (DNS)';
    if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was cut';
    if (code !== '' && at.cause === undefined) return `${at.message} (${code})`;
  }
  return error instanceof Error ? error.message : 'unknown reason';
}
