// Where the pieces of a working clone are.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const windows = process.platform === 'win32';

export const paths = {
  root,
  modules: join(root, 'node_modules'),
  lockfile: join(root, 'package-lock.json'),
  modulesStamp: join(root, 'node_modules', '.sallyport-stamp'),
  /** Node 24 from the `node` package, whatever Node the machine has. */
  node: join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node'),
  dist: join(root, 'dist'),
  cli: join(root, 'dist', 'cli.mjs'),
  distStamp: join(root, 'dist', '.stamp'),
  bundler: join(root, 'build', 'bundle.ts'),
  /** Runs the built program under Node 24 for a launcher that runs under an older one. */
  entered: join(root, 'build', 'setup', 'entered.mjs'),
  setupLock: join(root, '.sallyport', 'setup.lock'),
  /** `npx sallyport` finds this at once, without asking a registry. */
  command: join(root, 'node_modules', '.bin', windows ? 'sallyport.cmd' : 'sallyport'),
};
