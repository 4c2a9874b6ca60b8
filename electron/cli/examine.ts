import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { countOf, formatSize } from '../../shared/format/quantities.ts';
import { isEngineLocked, readEngineFile } from '../hosts/engine-lock.ts';
import { connect } from './connect.ts';
import { electronBinary, findDesktop } from './find-desktop.ts';
import { chooseOpener, surroundings } from './open-browser.ts';

export interface Finding {
  check: string;
  verdict: 'ok' | 'warn' | 'fail';
  finding: string;
  /** What to do; null when nothing need be done. */
  remedy: string | null;
}

type Check = (dataDir: string) => Promise<Omit<Finding, 'check'>> | Omit<Finding, 'check'>;

/** In the order they are reported: the machine, the folder, the engine, trust, what is seen. */
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['Node', checkNode],
  ['Data folder', checkFolder],
  ['Disk space', checkDisk],
  ['Engine', checkEngine],
  ['Leftovers', checkLeftovers],
  ['Records', checkRecords],
  ['Loopback ports', checkPorts],
  ['CA files', checkCaFiles],
  ['CA trust', checkTrust],
  ['Proxy environment', checkEnvironment],
  ['Workspace window', checkElectron],
  ['Coverage', checkCoverage],
];

/** Every check, whatever the others find; changes nothing. */
export async function examine(dataDir: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of CHECKS) {
    try {
      findings.push({ check, ...(await run(dataDir)) });
    } catch (error) {
      findings.push({
        check,
        verdict: 'fail',
        finding: `the check itself broke: ${error instanceof Error ? error.message : String(error)}`,
        remedy: 'Please report this.',
      });
    }
  }
  return findings;
}

const ok = (finding: string) => ({ verdict: 'ok' as const, finding, remedy: null });
const warn = (finding: string, remedy: string) => ({ verdict: 'warn' as const, finding, remedy });
const fail = (finding: string, remedy: string) => ({ verdict: 'fail' as const, finding, remedy });

function checkNode() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return major >= 24
    ? ok(`${process.version} at ${process.execPath}`)
    : fail(`${process.version}, but 24 is needed`, 'Start with npx sallyport or npm start, which bring their own.');
}

function checkFolder(dataDir: string) {
  const about = statSync(dataDir, { throwIfNoEntry: false });
  if (!about) return ok(`${dataDir} does not exist yet; it is made on first use`);
  if (!about.isDirectory())
    return fail(`${dataDir} is not a folder`, 'Name another with --data DIR, or move the file away.');
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return fail(
      `${dataDir} cannot be written by this user`,
      `Give it back to yourself (sudo chown -R "$USER" '${dataDir}'), or name another with --data DIR.`,
    );
  }
  if (process.platform !== 'win32' && (about.mode & 0o077) !== 0)
    return warn(`${dataDir} can be read by other users`, `chmod 700 '${dataDir}'`);
  return ok(`${dataDir}, for this user only`);
}

function checkDisk(dataDir: string) {
  const { bavail, bsize } = statfsSync(existing(dataDir));
  const free = bavail * bsize;
  if (free < 200e6)
    return fail(`${formatSize(free)} free where calls are stored`, 'Make room: recording stops when the disk is full.');
  return free < 2e9
    ? warn(
        `${formatSize(free)} free where calls are stored`,
        'Bodies alone may take 2 GB; make room or lower their budget.',
      )
    : ok(`${formatSize(free)} free`);
}

async function checkEngine(dataDir: string) {
  if (!isEngineLocked(dataDir)) return ok('none runs on this folder');
  const about = readEngineFile(dataDir);
  const running = await connect(dataDir);
  if (!running) {
    return fail(
      `pid ${about?.pid ?? '?'} holds the folder but does not answer`,
      about ? `It may be starting or stopping; if it stays so: kill ${about.pid}` : 'Wait a moment and look again.',
    );
  }
  const health = await running.client.system.health();
  if (health.lastError !== null)
    return fail(
      `pid ${about?.pid ?? '?'} cannot record: ${health.lastError}`,
      'See the reason; calls go on unrecorded until it is gone.',
    );
  if (health.shedCalls > 0 || health.shedBodies > 0) {
    return warn(
      `pid ${about?.pid ?? '?'} runs; under load it let ${health.shedCalls} calls and the bodies of ${health.shedBodies} go`,
      'Record less at once (pass hosts through), or use a faster disk.',
    );
  }
  return ok(`pid ${about?.pid ?? '?'} runs and answers; proxy ${about?.proxy ?? '?'}`);
}

function checkLeftovers(dataDir: string) {
  if (!existsSync(dataDir) || isEngineLocked(dataDir)) return ok('none');
  const left = readdirSync(dataDir).filter(
    (name) => name === 'engine.json' || name.endsWith('.tmp') || name.startsWith('.writable-'),
  );
  if (left.length === 0) return ok('none');
  return warn(
    `the last engine did not end cleanly (${left.join(', ')})`,
    'Nothing is lost: the next start tidies up and closes open calls as interrupted.',
  );
}

async function checkRecords(dataDir: string) {
  if (!existsSync(join(dataDir, 'calls.db'))) return ok('none yet');
  const { openCalls } = await import('./connect.ts');
  const connection = await openCalls(dataDir);
  try {
    const { calls, callBytes, bodies, bodyBytes, gaps } = await connection.client.system.storage();
    const kept = `${countOf(calls, 'call')} in ${formatSize(callBytes)}, ${countOf(bodies, 'body', 'bodies')} in ${formatSize(bodyBytes)}`;
    const missing = gaps.reduce((sum, gap) => sum + gap.calls, 0);
    if (missing === 0) return ok(kept);
    return warn(
      `${kept}; ${countOf(missing, 'call')} were not recorded (${gaps.at(-1)?.reason ?? 'overload'})`,
      'Record less at once (pass hosts through), or use a faster disk.',
    );
  } catch (error) {
    return fail(
      `they cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Start an engine on the folder: it sets a damaged file aside and goes on with a new one.',
    );
  } finally {
    await connection.close();
  }
}

async function checkPorts(dataDir: string) {
  if (isEngineLocked(dataDir)) return ok('in use by the engine');
  return new Promise<Omit<Finding, 'check'>>((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve(
        fail(`nothing may listen on 127.0.0.1 (${error.message})`, 'Look for a sandbox or firewall that forbids it.'),
      ),
    );
    server.listen(0, '127.0.0.1', () => server.close(() => resolve(ok('127.0.0.1 can be listened on'))));
  });
}

function checkCaFiles(dataDir: string) {
  const certificatePath = join(dataDir, 'ca.pem');
  const keyPath = join(dataDir, 'ca-key.pem');
  if (!existsSync(keyPath) && !existsSync(certificatePath)) return ok('none yet; made on first start');
  if (!existsSync(keyPath))
    return fail(
      `${certificatePath} is there without its key`,
      'Put ca-key.pem back, or make a new CA: sallyport ca rotate',
    );
  if (!existsSync(certificatePath))
    return warn('the certificate file is missing', 'The next start writes it again from ca-key.pem.');
  if (process.platform !== 'win32' && (statSync(keyPath).mode & 0o077) !== 0)
    return fail(
      `${keyPath} can be read by other users`,
      `chmod 600 '${keyPath}' and, if others may have read it: sallyport ca rotate`,
    );
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(certificatePath));
  } catch {
    return fail(`${certificatePath} is not a certificate`, 'Make a new CA: sallyport ca rotate');
  }
  const days = Math.floor((certificate.validToDate.getTime() - Date.now()) / 86_400_000);
  if (days < 0)
    return fail(`the CA expired on ${certificate.validToDate.toDateString()}`, 'Make a new one: sallyport ca rotate');
  return days < 30
    ? warn(`the CA expires in ${days} days`, 'Make a new one: sallyport ca rotate')
    : ok(`valid until ${certificate.validToDate.toISOString().slice(0, 10)}`);
}

function checkTrust(dataDir: string) {
  const path = join(dataDir, 'ca.pem');
  if (!existsSync(path)) return ok('no CA yet');
  const ours = new X509Certificate(readFileSync(path)).fingerprint256;
  const trusted = getCACertificates('system').some((pem) => {
    try {
      return new X509Certificate(pem).fingerprint256 === ours;
    } catch {
      return false; // an odd certificate in the store is not ours
    }
  });
  return trusted
    ? ok('the system trusts the CA')
    : ok('the system does not trust the CA; `sallyport run` needs no more, browsers do: sallyport ca install');
}

function checkEnvironment(dataDir: string) {
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
            'Open a new shell, or unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy',
          );
    }
  } catch {
    return warn('the proxy variable of this shell is not an address', 'Look at HTTPS_PROXY and HTTP_PROXY.');
  }
  return ok(`this shell names ${shown}; the engine goes out through it${tail}`);
}

function checkElectron() {
  const binary = electronBinary();
  const found = typeof binary === 'string' ? `Electron is at ${binary}` : `no: ${binary.missing}`;
  const desktop = findDesktop();
  if ('electron' in desktop) return ok(`${found}; the workspace opens as a desktop app`);
  const why = typeof binary === 'string' ? `, but ${desktop.missing}` : '';
  const opener = chooseOpener('', '', surroundings());
  return ok(
    `${found}${why}; the workspace opens ${typeof opener === 'string' ? `by its link (${opener})` : `${opener.name} (${opener.file})`}`,
  );
}

function checkCoverage() {
  return warn(
    'only programs that go through the proxy are seen; agents: not yet',
    'Start programs with `sallyport run`, or point them at the proxy yourself.',
  );
}

/** The nearest folder that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(join(path, '..'));
}
