import { lockEngine } from '../../electron/hosts/engine-lock.ts';

// A process that holds the lock until it is killed (or its parent is gone), or says why it could not.
try {
  const lock = lockEngine(process.argv[2] ?? '');
  // What nobody refers to may be collected; the lock must stay.
  globalThis.gc?.();
  lock.announce({
    pid: process.pid,
    proxy: 'http://127.0.0.1:9',
    workspace: 'http://127.0.0.1:8/',
    token: 't',
    ca: '',
    version: '0',
    ephemeral: false,
    reach: [],
  });
  process.send?.('held');
} catch (error) {
  process.send?.(error instanceof Error ? error.message : 'failed');
}
process.on('disconnect', () => process.exit());
