import { existsSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { lookAtStores } from '../engine/authority/trust/stores.ts';
import { readCertificate, thisMachine } from '../engine/authority/trust/trust-steps.ts';
import { readSystemProxy } from '../engine/capture/attach/leftovers.ts';
import { createRunner } from '../engine/capture/attach/run-tool.ts';
import { isEngineLocked, readEngineFile } from '../hosts/engine-lock.ts';
import { fail, ok, warn } from './finding.ts';

/** What `doctor` looks at outside of the data folder: who trusts us, and where programs are led. */

const runner = createRunner(process.env);

/** Which stores of this machine trust our CA. */
export async function checkTrust(dataDir: string) {
  const path = join(dataDir, 'ca.pem');
  if (!existsSync(path)) return ok('no CA yet');
  const stores = await lookAtStores(readCertificate(path), thisMachine(), runner.run);
  const trusting = stores.filter(({ trusted }) => trusted === true).map(({ store }) => store);
  const others = stores.filter(({ trusted }) => trusted !== true).map(({ store, says }) => `${store}: ${says}`);
  return ok([...(trusting.length > 0 ? [`trusted by: ${trusting.join(', ')}`] : []), ...others].join('; '));
}

/** A proxy that leads to a port where nobody listens takes the network from every program. */
export async function checkSystemProxy(dataDir: string) {
  const { proxy, ours, obstacle } = await readSystemProxy(dataDir, {
    runner,
    environment: process.env,
    platform: process.platform,
  });
  if (obstacle !== null) return ok(`not looked at: ${obstacle}`);
  if (ours && !isEngineLocked(dataDir))
    return fail(
      `it still leads to the last engine${proxy === null ? '' : ` (${proxy})`}, which was killed`,
      'Start one on this folder (sallyport serve): it puts back what was there before anything else.',
    );
  if (proxy === null) return ok('none');
  if (ours) return ok(`${proxy}: the engine's`);
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(proxy) ?? [];
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host) && !(await isListening(Number(port))))
    return fail(`it leads to ${proxy}, where nobody listens`, "Take it out of the system's network settings.");
  return ok(proxy);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ port, host: '127.0.0.1' });
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
}

/** What the shell that asks would give to programs. */
export function checkEnvironment(dataDir: string) {
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
    .map((name) => process.env[name])
    .find((value) => value);
  const bypassed = process.env['NO_PROXY'] ?? process.env['no_proxy'];
  const tail = bypassed ? `; NO_PROXY keeps from it: ${bypassed}` : '';
  if (!proxy) return ok(`this shell names no proxy; programs are recorded under \`sallyport run\`${tail}`);
  let shown = proxy;
  try {
    const url = new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
    shown = `${url.protocol}//${url.host}`; // without credentials
    const engine = readEngineFile(dataDir);
    if (engine && new URL(engine.proxy).host === url.host) {
      return isEngineLocked(dataDir)
        ? ok(`this shell goes through Sallyport (${shown})${tail}`)
        : fail(
            `this shell goes through ${shown}, where no engine runs any more`,
            'Open a new shell, or set this one back: eval "$(sallyport env --undo)"',
          );
    }
  } catch {
    return warn('the proxy variable of this shell is not an address', 'Look at HTTPS_PROXY and HTTP_PROXY.');
  }
  return ok(`this shell names ${shown}; the engine goes out through it${tail}`);
}
