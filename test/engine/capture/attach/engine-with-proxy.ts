// An engine that switches the system's proxy on, says so, and waits to be killed.
import { createEngine } from '../../../../electron/engine/engine.ts';
import { systemTools } from './system-tools.ts';

const [dataDir = '', file = ''] = process.argv.slice(2);
const { runner } = systemTools('windows', file);
const engine = await createEngine({ dataDir, proxyPort: 0, version: 'test', tools: { runner, platform: 'win32' } });
const target = await engine.capture.switchTarget('system-proxy', true);
process.stdout.write(`${JSON.stringify(target)}\n`);
