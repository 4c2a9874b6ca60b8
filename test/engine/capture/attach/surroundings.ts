import { join } from 'node:path';
import { createRunner } from '../../../../electron/engine/capture/attach/run-tool.ts';
import type { Surroundings } from '../../../../electron/engine/capture/attach/target.ts';

/** What a target is given, without an engine behind it. */
export function surroundings(folder: string, change: Partial<Surroundings>): Surroundings {
  return {
    proxy: { host: '127.0.0.1', port: 4780 },
    secret: () => '',
    identityRequired: () => false,
    dataDir: join(folder, 'data'),
    caPath: '/ca.pem',
    caKeyHash: () => '',
    bundle: () => '/bundle.pem',
    command: { program: ['sallyport'], data: [] },
    home: folder,
    environment: { DISPLAY: ':0' },
    platform: process.platform,
    runner: createRunner(process.env),
    selfTest: { check: async () => ({ works: true, call: 1, says: '', remedy: null }), close: async () => {} },
    openPort: async () => ({ port: 1, close: async () => {} }),
    agentPlace: () => null,
    guardSystemProxy: () => ({ dismiss: () => {} }),
    hasWayOut: () => false,
    machineTrustsUs: async () => true,
    log: () => {},
    ...change,
  };
}
