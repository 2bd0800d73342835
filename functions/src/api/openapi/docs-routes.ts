/** /openapi.json and the page that shows it. Both are built with the first request for them. */
import type { Hono } from 'hono';
import type { ApiEnv } from '../http/mount-routes.ts';
import type { Route } from '../http/route.ts';
import { apiInfo } from './api-info.ts';
import { buildOpenApi } from './build-openapi.ts';
import { docsPage, docsScript, docsStyle } from './docs-page.ts';
import { withExamples } from './with-examples.ts';

export function docsRoutes(hono: Hono<ApiEnv>, routes: readonly Route[]): void {
  let document: string | undefined;
  hono.get('/openapi.json', () => {
    document ??= JSON.stringify(withExamples(buildOpenApi(routes, apiInfo)));
    return new Response(document, { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } });
  });
  const files: readonly (readonly [path: string, type: string, text: string])[] = [
    ['/docs', 'text/html; charset=utf-8', docsPage],
    ['/docs/page.js', 'text/javascript; charset=utf-8', docsScript],
    ['/docs/page.css', 'text/css; charset=utf-8', docsStyle],
  ];
  for (const [path, type, text] of files) {
    hono.get(path, () => new Response(text, { headers: { 'content-type': type, 'cache-control': 'no-cache' } }));
  }
}
