/**
 * GraphiQL's place: an editor with an example, variables, results, live streams and the schema to look things up, by a script of ours. It
 * needs no other host and fits a strict Content-Security-Policy. What the server says is set as text, never as markup. The token stays in
 * this tab.
 */
import { exampleQuery, exampleVariables } from './example-query.ts';

export { explorerScript } from './explorer-script.ts';

export const explorerPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AutomateOS GraphQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/graphql.css">
</head>
<body>
<a class="skip" href="#query">Skip to the query</a>
<header>
<h1>AutomateOS GraphQL</h1>
<form id="caller">
<label for="token">Token or API key</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="aos_...">
<label for="organization">Organization (if you are in several)</label>
<input id="organization" autocomplete="off" spellcheck="false" placeholder="org_...">
</form>
</header>
<main>
<section aria-label="Operation">
<label for="query">Query</label>
<textarea id="query" spellcheck="false" autocapitalize="off" rows="20">${escaped(exampleQuery)}</textarea>
<label for="variables">Variables</label>
<textarea id="variables" spellcheck="false" autocapitalize="off" rows="4">${escaped(exampleVariables)}</textarea>
<p><button id="run" type="button">Run (Ctrl+Enter)</button> <button id="stop" type="button" disabled>Stop</button>
<span id="status" role="status"></span></p>
</section>
<section aria-label="Result">
<label for="result">Result</label>
<pre id="result" tabindex="0"></pre>
</section>
<section aria-label="Schema">
<label for="find">Find a type or field</label>
<input id="find" type="search" autocomplete="off" spellcheck="false">
<div id="schema"><p>Run something first: the schema is read with your token.</p></div>
</section>
</main>
<noscript><p>This page needs JavaScript; POST /graphql does not.</p></noscript>
<script src="/docs/graphql.js" type="module"></script>
</body>
</html>
`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export const explorerStyle = `:root { color-scheme: light dark; --ink: #1b2626; --soft: #5a6767; --line: #d8dfde; --ground: #fbfcfc; --accent: #0b6165; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4ebea; --soft: #9aa8a7; --line: #2e3b3b; --ground: #121918; --accent: #6cc5c8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 100rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.25rem; margin: 0 0 0.5rem; }
h2 { font: 600 13px/1.5 ui-monospace, monospace; margin: 1rem 0 0.25rem; color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0.5rem; }
form { display: grid; grid-template-columns: auto 1fr auto 1fr; gap: 0.25rem 0.75rem; align-items: center; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1.5rem; margin-top: 1rem; }
label { color: var(--soft); display: block; }
input, textarea { width: 100%; padding: 0.5rem; font: 13px/1.5 ui-monospace, monospace; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 6px; }
button { font: inherit; color: var(--ground); background: var(--accent); border: 0; border-radius: 6px; padding: 0.4rem 0.9rem; cursor: pointer; }
button:disabled { opacity: 0.4; cursor: default; }
pre { font: 13px/1.5 ui-monospace, monospace; overflow: auto; margin: 0; padding: 0.75rem; border: 1px solid var(--line); border-radius: 6px; min-height: 20rem; max-height: 44rem; }
#schema { max-height: 44rem; overflow: auto; }
dl { margin: 0; font: 13px/1.5 ui-monospace, monospace; }
dd { margin: 0 0 0.25rem 1rem; color: var(--soft); font-family: system-ui, sans-serif; }
@media (max-width: 50rem) { form { grid-template-columns: 1fr; } }
`;
