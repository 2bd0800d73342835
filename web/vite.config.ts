/**
 * Builds the console into web/dist. Nothing is inlined into the page and nothing comes from another host, because the server's content
 * security policy allows scripts and styles from itself only.
 */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** GraphiQL's style sheet carries forty fonts as data, which the policy lets no page load: the page has those of the machine (page.css). */
const withoutFonts: Plugin = {
  name: 'without-fonts',
  enforce: 'pre',
  transform: {
    filter: { id: /graphiql\/dist\/style\.css$/ },
    handler: (code) => code.replaceAll(/@font-face\s*\{[^}]*\}/g, ''),
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), withoutFonts],
  build: {
    ...{ target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1_500 },
    rolldownOptions: {
      // GraphiQL's packages say to another compiler what this one need not know
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
      // GraphiQL's page comes from the server at /graphql, which names this script of it
      input: { index: 'index.html', graphiql: 'src/graphiql/main.ts' },
      output: { entryFileNames: ({ name }) => (name === 'graphiql' ? 'graphiql/main.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // `npm start` beside it serves the API.
    proxy: { '/v1': 'http://127.0.0.1:8080', '/hooks': 'http://127.0.0.1:8080', '/readyz': 'http://127.0.0.1:8080' },
  },
});
