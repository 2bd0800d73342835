/**
 * The script that the server's page at /graphql names. It has a fixed name (graphiql/main.js), because the server does not know this build;
 * all it does is load the rest, whose names change with what is in it, so that browsers keep it for ever.
 */

import { config } from 'zod';

// the page's policy lets nothing be compiled, which zod would find out by trying
config({ jitless: true });

// GraphiQL's dialogs bring a style of their own: they mark it with this, and the page's policy lets it be
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
Object.assign(globalThis, { __webpack_nonce__: nonce });

import('./page.tsx');
