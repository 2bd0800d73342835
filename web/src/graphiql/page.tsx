/** The page at /graphql: what main.ts loads. */
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { createSessionStore } from '../lib/session.ts';
import { firstExample } from './examples.ts';
import { Explorer } from './explorer.tsx';

// GraphiQL looks for what these say among its tabs, and opens one more where they say nothing
for (const [name, value] of Object.entries(firstExample)) {
  if (localStorage.getItem(`graphiql:${name}`) === null) localStorage.setItem(`graphiql:${name}`, value);
}

const session = createSessionStore({ browser: localStorage, tab: sessionStorage, events: window });
const root = document.getElementById('graphiql');
if (root) createRoot(root).render(<Explorer session={session} />);
