// Builds dist/agent/: what runs inside other people's programs.
//   agent.cjs    put there by NODE_OPTIONS=--require, which every Node knows and hands on to workers and children
//   govern.cjs   what it loads in govern mode
//   index.mjs    `sallyport/agent`, for `import` and `node --import`, with its types
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Any Node from 12 on can read the file as far as this, and older than 18 goes no further: it lacks the channels.
 * The same for runtimes that only look like Node. Whatever goes wrong inside stays inside.
 */
const GUARD = `'use strict';
exports.withApp = function (app, work) { return work(); };
exports.annotate = function () {};
(function () {
  var versions = process.versions;
  if (!(parseInt(versions.node, 10) >= 18) || versions.bun || versions.deno) return;
  try {`;

const END = `
  } catch (error) {}
})();`;

/** Puts the files into `folder`. */
export async function bundleAgent(folder: string): Promise<void> {
  await Promise.all([
    // Old enough for every Node to read; what it calls is checked by the guard.
    bundleFile(folder, 'agent', 'electron/agent/main.ts', 'es2019', { banner: GUARD, footer: END }),
    // Only loaded in govern mode, on a Node that its library knows.
    bundleFile(folder, 'govern', 'electron/agent/govern/start-govern.ts', 'node22', {}),
  ]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.mjs'),
    "import agent from './agent.cjs';\nexport const { annotate, withApp } = agent;\n",
  );
  writeFileSync(join(folder, 'index.d.mts'), TYPES);
  writeFileSync(join(folder, 'agent.d.cts'), TYPES);
}

async function bundleFile(
  folder: string,
  name: string,
  source: string,
  target: string,
  around: { banner?: string; footer?: string },
): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { [name]: join(root, source) },
        output: { format: 'cjs', entryFileNames: '[name].cjs', ...around },
      },
    },
  });
}

const TYPES = `/** Tags as a program may give them; null and undefined are left out. */
export type TagValues = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** Runs \`work\` with its calls named as this app's, and gives what it gives. */
export declare function withApp<Result>(app: string, work: () => Result): Result;
/** Tags the calls made from here on in this asynchronous context: feature, tenant, user, costCenter … */
export declare function annotate(tags: TagValues): void;
`;
