#!/usr/bin/env node
// The one way in: `npm start`, `npx sallyport …` and `node build/launch.mjs …` all come here, on whatever Node the
// machine has (20 or newer). It makes sure that packages, Node 24 and the built program are there and fresh, then
// hands over. When nothing is missing it costs a few milliseconds and says nothing.
import { pathToFileURL } from 'node:url';
import { endWithNpm } from './setup/end-with.mjs';
import { handOver } from './setup/hand-over.mjs';
import { inspectSetup } from './setup/inspect.mjs';
import { paths } from './setup/paths.mjs';

const [major = 0] = process.versions.node.split('.').map(Number);

try {
  if (major < 20) throw new Error(`Sallyport needs Node 20 or newer to set itself up; this is ${process.version}.`);
  if (inspectSetup().missing.length > 0) {
    const { completeSetup } = await import('./setup/complete.mjs');
    await completeSetup();
  }
  endWithNpm();
  if (major >= 24) {
    process.argv[1] = paths.cli;
    await import('./setup/compile-cache.mjs');
    await import(pathToFileURL(paths.cli).href);
  } else handOver(process.argv.slice(2));
} catch (error) {
  console.error(`sallyport: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
