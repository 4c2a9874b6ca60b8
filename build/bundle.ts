// Builds dist/: the command line and the worker threads as plain ES modules for Node 24, side by side, because a
// worker is started by the path of its file; and dist/workspace/: the pages, for any door that serves them.
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { bundleAgent } from './bundle-agent.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Output name → source. Every entry is a program of its own. */
const entries: Record<string, string> = {
  cli: 'electron/cli/main.ts',
  'archive-worker': 'electron/engine/archive/archive-worker.ts',
  'ingest-worker': 'electron/engine/capture/ingest/ingest-worker.ts',
  'what-if-worker': 'electron/engine/analytics/backtest/what-if-worker.ts',
  'reader-worker': 'electron/engine/analytics/reader-worker.ts',
  'identity-worker': 'electron/engine/capture/identity/identity-worker.ts',
  'job-worker': 'electron/engine/jobs/job-worker.ts',
  'ledger-worker': 'electron/engine/ledger/ledger-worker.ts',
  'compare-worker': 'electron/engine/replay/compare-worker.ts',
  // The desktop app: its main process, and its engine in a process of its own, started by its path.
  shell: 'electron/shell/main.ts',
  'engine-process': 'electron/serve/engine-process.ts',
  'system-proxy-guard': 'electron/engine/capture/attach/system-proxy/guard.ts',
};

/** Packages with native parts stay in node_modules and are loaded from there; Electron is what the shell runs in. */
const native = ['better-sqlite3', 'electron', 'koffi'];

const programs = build({
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: native },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    // An engine that runs from the last build may still want its parts.
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, join(root, source)])),
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
});

// A page's sandboxed preload is one CommonJS file.
const preload = build({
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: native },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { preload: join(root, 'electron/shell/preload.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});

const pages = build({
  root: join(root, 'renderer'),
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  // Found at any path: a server's root, or the desktop's own protocol.
  base: './',
  worker: { format: 'es' },
  // Filled in anew for each page by the door that serves it (electron/hosts/page-policy.ts).
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'chrome130',
    outDir: join(root, 'dist', 'workspace'),
    emptyOutDir: false,
    sourcemap: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
    // Data addresses would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

await Promise.all([programs, preload, pages, bundleAgent(join(root, 'dist', 'agent'))]);

cpSync(join(root, 'build', 'icons'), join(root, 'dist', 'icons'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});

const dist = join(root, 'dist');
// A picture that was taken out is to be gone.
const pictures = new Set(readdirSync(join(root, 'renderer', 'public', 'logos')));
for (const name of readdirSync(join(dist, 'workspace', 'logos')))
  if (!pictures.has(name)) rmSync(join(dist, 'workspace', 'logos', name));
const aWeekAgo = Date.now() - 7 * 24 * 3_600_000;
for (const folder of [dist, join(dist, 'workspace', 'assets')]) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (/-[\w-]{8}\.\w+(\.map)?$/.test(name) && statSync(path).mtimeMs < aWeekAgo) rmSync(path);
  }
}
