/**
 * What browsers get at /graphql: the frame of GraphiQL, whose script and styles are built and served with the console (web/src/graphiql), or
 * a word on why it is not there. Neither knows anything of an installation but whether it is open.
 */
import { securityHeaders } from '../http/security-headers.ts';

/** `nonce` is good for one answer: the styles that GraphiQL's dialogs add carry it. Scripts need their own file, nonce or not. */
export function graphiqlPage(nonce: string): Response {
  const policy = String(securityHeaders('page')['content-security-policy']);
  return page(
    200,
    `<script type="module" src="/graphiql/main.js" nonce="${nonce}"></script>
</head>
<body>
<div id="graphiql"><p>GraphiQL is loading. It is built with the console: a server without one has none. POST /graphql answers all the same.</p></div>
<noscript><p>GraphiQL needs JavaScript; POST /graphql does not.</p></noscript>`,
    { 'content-security-policy': policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`) },
  );
}

export function closedPage(): Response {
  return page(
    404,
    `</head>
<body>
<h1>GraphiQL is off on this server</h1>
<p>So is introspection: <code>AUTOMATEOS_GRAPHQL=open</code> turns both on. <code>POST /graphql</code> answers all the same, to those who
have a token.</p>`,
  );
}

function page(status: number, rest: string, headers: Readonly<Record<string, string>> = {}): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>AutomateOS GraphiQL</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
${rest}
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  });
}
