/** How the dashboard is built: one page, nothing inline, file names by content. */
import { defineConfig } from 'vite';

export default defineConfig({
  // Paths are relative: the page may be served below another address.
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    chunkSizeWarningLimit: 600,
  },
  // `npx vite web` beside a gateway that runs: what the page asks goes there.
  server: {
    proxy: { '/api': 'http://127.0.0.1:8080', '/ws': { target: 'ws://127.0.0.1:8080', ws: true } },
  },
});
