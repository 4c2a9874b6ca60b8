// Builds dist/agent/: what runs inside other people's programs.
//   agent.cjs    put there by NODE_OPTIONS=--require, which every Node knows and hands on to workers and children
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
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      // Old enough for every Node to read; what it calls is checked by the guard.
      target: 'es2019',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { agent: join(root, 'electron/agent/main.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', banner: GUARD, footer: END },
      },
    },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.mjs'),
    "import agent from './agent.cjs';\nexport const { annotate, withApp } = agent;\n",
  );
  writeFileSync(join(folder, 'index.d.mts'), TYPES);
  writeFileSync(join(folder, 'agent.d.cts'), TYPES);
}

const TYPES = `/** Tags as a program may give them; null and undefined are left out. */
export type TagValues = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** Runs \`work\` with its calls named as this app's, and gives what it gives. */
export declare function withApp<Result>(app: string, work: () => Result): Result;
/** Tags the calls made from here on in this asynchronous context: feature, tenant, user, costCenter … */
export declare function annotate(tags: TagValues): void;
`;
