/** Runs a set-up command and keeps its output for the case that it fails. The command does not outlive the launcher. */
import { spawn } from 'node:child_process';

export function runQuietly(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill();
    process.on('exit', stop);
    let output = '';
    const finish = (code) => {
      process.off('exit', stop);
      resolve({ code, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      output += `${file} cannot be run: ${error.message}\n`;
      finish(1);
    });
    child.on('close', finish);
  });
}
