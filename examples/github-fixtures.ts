/** GitHub's answers as @octokit/fixtures recorded them, served for one repository, whichever of theirs they were recorded from. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { LoopbackAnswer, SeenRequest } from '../functions/src/testing/loopback-server.ts';

type Recorded = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: unknown;
};

const folder = dirname(createRequire(import.meta.url).resolve('@octokit/fixtures/package.json'));

function recorded(scenario: string): readonly Recorded[] {
  return JSON.parse(readFileSync(join(folder, 'scenarios/api.github.com', scenario, 'normalized-fixture.json'), 'utf8'));
}

/** Paths without their queries but for the page, which is all that tells recorded pages apart. */
function keyOf(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return `${pathname}#${searchParams.get('page') ?? '1'}`;
}

/** `origin` of the answering server: links in answers lead there instead of to GitHub. */
export function githubAnswers(repository: string): (request: SeenRequest, origin: string) => LoopbackAnswer {
  const answers = new Map<string, Recorded>();
  for (const scenario of ['get-repository', 'paginate-issues', 'get-content']) {
    for (const answer of recorded(scenario)) {
      if (answer.method === 'get')
        answers.set(keyOf(answer.path.replace(/^\/repos\/[^/]+\/[^/?]+/, `/repos/${repository}`)), answer);
    }
  }
  return (request, origin) => {
    const answer = answers.get(keyOf(request.url));
    if (request.method !== 'GET' || !answer) return { status: 404, body: '{"message":"Not Found"}' };
    const { link } = answer.headers;
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v3; format=json' };
    return {
      status: answer.status,
      headers: link === undefined ? headers : { ...headers, link: link.replaceAll('https://api.github.com', origin) },
      body: JSON.stringify(answer.response),
    };
  };
}
