/**
 * What a suite needs beyond npm packages. On Debian as root it is installed; else the suite is skipped with the command that installs it
 * (with CI=true: it fails). Where a program is, tests learn from the environment variable.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

type Requirement = { readonly programs: readonly string[]; readonly variable: string; readonly debianPackage: string };

const requirements = {
  chromium: { programs: ['chromium', 'chromium-browser', 'google-chrome'], variable: 'CHROMIUM_PATH', debianPackage: 'chromium' },
  java: { programs: ['java'], variable: 'JAVA_PATH', debianPackage: 'openjdk-17-jre-headless' },
  'cloud-sdk': {
    programs: ['gcloud'],
    variable: 'GCLOUD_PATH',
    debianPackage: 'google-cloud-cli-firestore-emulator google-cloud-cli-pubsub-emulator',
  },
} as const satisfies Record<string, Requirement>;

const run = promisify(execFile);
const maxBuffer = 16 << 20;

export type RequirementName = keyof typeof requirements;

/** One at a time: apt-get has a lock. */
let turn: Promise<unknown> = Promise.resolve();

/** Null when it is there, else why it is not and what to do. Tests run meanwhile. */
export function meetRequirement(name: RequirementName): Promise<string | null> {
  const met = turn.then(() => meet(name));
  turn = met;
  return met;
}

async function meet(name: RequirementName): Promise<string | null> {
  const requirement: Requirement = requirements[name];
  const found = findProgram(requirement) ?? (canInstall() ? await install(name, requirement) : undefined);
  if (found === undefined) return `${name} is missing; install it: sudo apt-get install -y ${requirement.debianPackage}`;
  process.env[requirement.variable] = found;
  return null;
}

function findProgram(requirement: Requirement): string | undefined {
  const given = process.env[requirement.variable];
  if (given !== undefined && existsSync(given)) return given;
  const folders = (process.env.PATH ?? '').split(':');
  return requirement.programs
    .flatMap((program) => folders.map((folder) => `${folder}/${program}`))
    .find((path) => existsSync(path));
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && spawnSync('apt-get', ['--version']).status === 0;
}

async function install(name: string, requirement: Requirement): Promise<string | undefined> {
  console.log(`Installing ${name} (once) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-qq'], { env, maxBuffer });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...requirement.debianPackage.split(' ')], {
      ...{ env, maxBuffer },
    });
  } catch (error) {
    console.log(`apt-get could not install ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return findProgram(requirement);
}
