/** The one door to Google's command line: what it prints on success; an error with what it said otherwise. */
import { execFile } from 'node:child_process';

export type Gcloud = {
  /** Reads. */
  ask(args: readonly string[]): Promise<string>;
  /** Changes something; in a dry run it is told and not done. */
  change(args: readonly string[]): Promise<void>;
};

export type GcloudOptions = {
  /** Of Google's SDK; a test has one of its own. */
  readonly program?: string;
  /** Flags of every call: project, region. */
  readonly common: readonly string[];
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
};

export class GcloudError extends Error {
  override readonly name = 'GcloudError';
}

export function createGcloud({ program = 'gcloud', common, dryRun, say }: GcloudOptions): Gcloud {
  const run = (args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile(program, [...args, ...common, '--quiet'], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new GcloudError(`${program} ${args.join(' ')} failed: ${stderr.trim() || error.message}`));
      });
    });
  return {
    ask: run,
    async change(args) {
      say(`${dryRun ? 'would run' : 'runs'}: gcloud ${args.join(' ')}`);
      if (!dryRun) await run(args);
    },
  };
}
