// The other side of hand-over: runs under Node 24 and ends, as if asked by SIGTERM, when the launcher is gone.
import { pathToFileURL } from 'node:url';
import { paths } from './paths.mjs';
import './compile-cache.mjs';

process.on('disconnect', () => {
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
  else process.exit(143);
});
process.channel?.unref();
process.argv[1] = paths.cli;
await import(pathToFileURL(paths.cli).href);
