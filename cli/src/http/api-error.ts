/** From what went wrong on the way or at the server to an error with its mend. */
import type { ApiProblem } from '@automateos/client/api-problem';
import { CliError } from '../cli-error.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { isLoopback, type Settings } from '../settings.ts';

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

export function problemError(settings: Settings, problem: ApiProblem, nowMs: number): CliError {
  const { status, code, facts } = problem;
  if (status >= 300 && status < 400 && facts.location !== undefined) {
    return new CliError({
      code: 'REDIRECTED',
      message: `${settings.url} sends elsewhere: ${facts.location}`,
      exit: exitCode.unreachable,
      mend: ['Sign in at the address that answers: automateos login <url>'],
      status,
    });
  }
  if (!facts.isDocument) {
    return new CliError({
      code,
      message: `${settings.url} answered ${status} without saying why.`,
      exit: exitOf(status),
      mend: status === 404 ? ['The server may be older than this command, or something else answers at this address.'] : [],
      status,
    });
  }
  const seconds = facts.retryAfterSeconds;
  return new CliError({
    code,
    message: facts.detail,
    exit: exitOf(status),
    mend: status === 401 ? signInMend(settings, nowMs) : seconds === undefined ? [] : [`Try again in ${seconds} s.`],
    status,
    ...(facts.problems.length === 0 ? {} : { problems: facts.problems }),
    ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
  });
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
