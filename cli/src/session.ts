/** What a command works with: the server, the words, and the machine. */
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { type ApiClient, createApiClient } from './http/api-client.ts';
import { createRenderer, type Renderer } from './output/renderer.ts';
import { loadSettings, type Settings } from './settings.ts';

export type Session = { readonly host: Host; readonly settings: Settings; readonly api: ApiClient; readonly out: Renderer };

export type GlobalOptions = { readonly json?: boolean; readonly url?: string };

/** Given to each command group, so that it registers its commands and knows nothing of the process. */
export type Commands = {
  /** Runs a command's work; what it answers is the exit code (succeeded when nothing). */
  readonly run: (work: (session: Session) => Promise<ExitCode | undefined>) => Promise<void>;
};

export async function openSession(host: Host, options: GlobalOptions): Promise<Session> {
  const settings = await loadSettings(host, options.url);
  return { host, settings, api: createApiClient(settings, host.nowMs), out: createRenderer(host, options.json === true) };
}

export const done = exitCode.succeeded;
