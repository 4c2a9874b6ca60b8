// Does what `inspect` found missing, one line of speech each, and never twice at once: two launches that start
// together take turns, and the second finds everything done.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { inspectSetup } from './inspect.mjs';
import { paths } from './paths.mjs';
import { runNpm, runTool } from './run-tool.mjs';
import { withSetupLock } from './setup-lock.mjs';

/** Makes the clone able to run; throws an Error whose message says what to do when it cannot. */
export async function completeSetup() {
  await withSetupLock(say, async () => {
    await bringPackages();
    const { missing, sources } = inspectSetup();
    if (missing.includes('bundle')) await bundle(sources);
  });
}

/** The part of it that tools need: the packages of the lockfile, and Node 24. */
export async function completePackages() {
  await withSetupLock(say, bringPackages);
}

async function bringPackages() {
  if (inspectSetup().missing.includes('packages')) await installPackages();
  if (!existsSync(paths.node)) await installNode();
  if (!existsSync(paths.command)) linkCommand();
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`sallyport: ${line}\n`);
}

async function installPackages() {
  const { lockHash } = inspectSetup();
  if (!alreadyInstalled()) {
    say('installing packages (npm ci)');
    await runNpm(['ci', '--no-audit', '--no-fund'], paths.root);
  }
  replaceFile(paths.modulesStamp, lockHash);
}

/**
 * A developer may have run `npm ci` by hand. npm leaves a record of what it installed: when that record has every
 * package of the lockfile that is not optional, in the same version, and each is there, there is nothing to do. (The record
 * can say more than there is: a copy of the folder that shares its files with another clone's is written to by that one.)
 */
function alreadyInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(paths.lockfile, 'utf8')).packages;
    const installed = JSON.parse(readFileSync(join(paths.modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([place, entry]) =>
        place === '' ||
        entry.optional ||
        (installed[place]?.version === entry.version && existsSync(join(paths.root, place))),
    );
  } catch {
    return false;
  }
}

/** The `node` package fetches its binary in an install script; npm may have been told to run none. */
async function installNode() {
  say('fetching Node 24 (package “node”)');
  const home = join(paths.modules, 'node');
  await runTool(process.execPath, ['installArchSpecificPackage.js'], home);
  if (existsSync(paths.node)) return;
  throw new Error(
    `Node 24 could not be had for ${process.platform}-${process.arch} from the npm registry. ` +
      'Install Node 24 or newer yourself and start again with it.',
  );
}

/** What npm does for a dependency's command it does not do for the package's own. */
function linkCommand() {
  const launcher = join(paths.root, 'build', 'launch.mjs');
  mkdirSync(dirname(paths.command), { recursive: true });
  if (process.platform === 'win32') {
    replaceFile(paths.command, '@ECHO off\r\n@node "%~dp0\\..\\..\\build\\launch.mjs" %*\r\n');
    return;
  }
  chmodSync(launcher, 0o755);
  symlinkSync(relative(dirname(paths.command), launcher), paths.command);
}

/** @param {string} sources the fingerprint of what is built, taken before building: a change meanwhile builds again */
async function bundle(sources) {
  say('building');
  await runTool(paths.node, [paths.bundler], paths.root);
  replaceFile(paths.distStamp, sources);
}

/**
 * @param {string} path
 * @param {string} content
 */
function replaceFile(path, content) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
