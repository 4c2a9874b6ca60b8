// Builds dist/: the command line and the worker threads as plain ES modules for Node 24, side by side, because a
// worker is started by the path of its file.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Output name → source. Every entry is a program of its own. */
const entries: Record<string, string> = {
  cli: 'electron/cli/main.ts',
  'archive-worker': 'electron/engine/archive/archive-worker.ts',
  'reader-worker': 'electron/engine/analytics/reader-worker.ts',
  'system-proxy-guard': 'electron/engine/capture/attach/system-proxy/guard.ts',
};

/** Packages with native parts stay in node_modules and are loaded from there. */
const native = ['better-sqlite3'];

await build({
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

const dist = join(root, 'dist');
const aWeekAgo = Date.now() - 7 * 24 * 3_600_000;
for (const name of readdirSync(dist)) {
  if (/-[\w-]{8}\.mjs(\.map)?$/.test(name) && statSync(join(dist, name)).mtimeMs < aWeekAgo) rmSync(join(dist, name));
}
