// The other side of hand-over: the built program under Node 24, tied to the launcher that started it.
import { pathToFileURL } from 'node:url';
import { endWithLauncher } from './end-with.mjs';
import { paths } from './paths.mjs';
import './compile-cache.mjs';

endWithLauncher();
process.argv[1] = paths.cli;
await import(pathToFileURL(paths.cli).href);
