/**
 * Builds the console into web/dist. Nothing is inlined into the page and nothing comes from another host, because the server's content
 * security policy allows scripts and styles from itself only.
 */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // `npm start` beside it serves the API.
    proxy: { '/v1': 'http://127.0.0.1:8080', '/hooks': 'http://127.0.0.1:8080', '/readyz': 'http://127.0.0.1:8080' },
  },
});
