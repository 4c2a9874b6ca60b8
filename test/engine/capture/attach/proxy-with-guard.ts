// Switches the system's proxy on with a guard over it, says so, and waits to be killed.
import { startGuard } from '../../../../electron/engine/capture/attach/system-proxy/guard.ts';
import { systemProxyTarget } from '../../../../electron/engine/capture/attach/system-proxy/system-proxy.ts';
import { surroundings } from './surroundings.ts';

const [dataDir = ''] = process.argv.slice(2);
const target = systemProxyTarget(
  surroundings('', { dataDir, environment: process.env, guardSystemProxy: () => startGuard(dataDir) }),
);
await target.switch?.(true);
process.stdout.write('on\n');
setInterval(() => {}, 60_000);
