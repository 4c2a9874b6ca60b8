import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { countOf, formatSize } from '../../shared/format/quantities.ts';
import { browserProfiles } from '../engine/capture/attach/leftovers.ts';
import { DEFAULT_SETTINGS } from '../engine/settings/defaults.ts';
import { differences, pathsIn } from '../engine/settings/paths.ts';
import { faceOf } from '../engine/settings/settings-face.ts';
import { openSettings } from '../engine/settings/settings.ts';
import { isEngineLocked, readEngineFile } from '../hosts/engine-lock.ts';
import { connect } from './connect.ts';
import { checkEnvironment, checkSystemProxy, checkTrust } from './examine-machine.ts';
import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { electronBinary, findDesktop } from './find-desktop.ts';
import { chooseOpener, surroundings } from './open-browser.ts';

type Check = (dataDir: string) => Promise<Omit<Finding, 'check'>> | Omit<Finding, 'check'>;

/** In the order they are reported: the machine, the folder, the engine, trust, what is seen. */
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['Node', checkNode],
  ['Data folder', checkFolder],
  ['Disk space', checkDisk],
  ['Engine', checkEngine],
  ['Settings', checkSettings],
  ['Leftovers', checkLeftovers],
  ['Records', checkRecords],
  ['Loopback ports', checkPorts],
  ['CA files', checkCaFiles],
  ['CA trust', checkTrust],
  ['System proxy', checkSystemProxy],
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
  const profiles = browserProfiles(dataDir);
  if (left.length + profiles.length === 0) return ok('none');
  const browser =
    profiles.length === 0 ? '' : `; a browser of its is still open or left its profile: ${profiles.join(', ')}`;
  return warn(
    `the last engine did not end cleanly (${left.join(', ') || 'it was killed'})${browser}`,
    'Nothing is lost: the next start (sallyport serve) tidies up and closes open calls as interrupted.',
  );
}

async function checkSettings(dataDir: string) {
  const problems: string[] = [];
  const settings = await openSettings({ dataDir, flags: {}, onlyLooking: true, log: (line) => problems.push(line) });
  if (problems.length > 0)
    return fail(problems.join(' '), 'Mend the file, or start the engine: it moves it aside and uses the defaults.');
  const unfit = await faceOf(settings, dataDir).problems();
  if (unfit.length > 0)
    return warn(
      unfit.map(({ says }) => says).join(' '),
      'Put the file back, or take it out of the settings (Countries).',
    );
  const changed = pathsIn(differences(settings.current, DEFAULT_SETTINGS));
  return ok(changed.length === 0 ? 'the defaults' : `set: ${changed.join(', ')}`);
}

async function checkRecords(dataDir: string) {
  if (!existsSync(join(dataDir, 'calls.db'))) return ok('none yet');
  const { openCalls } = await import('./connect.ts');
  const connection = await openCalls(dataDir);
  try {
    const { calls, callBytes, bodies, bodyBytes, gaps } = await connection.client.system.storage();
    const kept = `${countOf(calls, 'call')} in ${formatSize(callBytes)}, ${countOf(bodies, 'body', 'bodies')} in ${formatSize(bodyBytes)}`;
    const unwanted = gaps.filter(({ reason }) => reason !== 'paused');
    const missing = unwanted.reduce((sum, gap) => sum + gap.calls, 0);
    const paused = gaps.reduce((sum, gap) => sum + gap.calls, 0) - missing;
    if (missing === 0)
      return ok(paused === 0 ? kept : `${kept}; ${countOf(paused, 'call')} went by while recording was paused`);
    return warn(
      `${kept}; ${countOf(missing, 'call')} were not recorded (${unwanted.at(-1)?.reason ?? 'overload'})`,
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

function checkElectron() {
  const binary = electronBinary();
  const found = typeof binary === 'string' ? `Electron is at ${binary}` : `no desktop window: ${binary.missing}`;
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
    'Start programs with `sallyport run`, set a terminal up (sallyport help env), or see docs/capture.md.',
  );
}

/** The nearest folder that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(join(path, '..'));
}
