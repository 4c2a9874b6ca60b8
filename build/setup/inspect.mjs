// What a clone still lacks before it can run. Only looks; changes nothing. Runs at every start, so it must stay cheap:
// one hash of the lockfile and one `stat` per source file.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './paths.mjs';

/** @typedef {'packages' | 'node' | 'command' | 'bundle'} Missing */

/** @returns {{ missing: Missing[], lockHash: string, sources: string }} */
export function inspectSetup() {
  const lockHash = hashOf(readFileSync(paths.lockfile));
  const sources = sourceFingerprint(lockHash);
  /** @type {Missing[]} */
  const missing = [];
  if (textOf(paths.modulesStamp) !== lockHash) missing.push('packages');
  if (!existsSync(paths.node)) missing.push('node');
  if (!existsSync(paths.command)) missing.push('command');
  if (!existsSync(paths.cli) || textOf(paths.distStamp) !== sources) missing.push('bundle');
  return { missing, lockHash, sources };
}

/**
 * One hash over name, size and time of every file that goes into the built program.
 * @param {string} lockHash
 * @returns {string}
 */
function sourceFingerprint(lockHash) {
  const lines = [lockHash];
  for (const room of ['electron', 'shared', 'renderer']) listSources(join(paths.root, room), lines);
  addFile(paths.bundler, lines);
  return hashOf(lines.join('\n'));
}

/**
 * @param {string} folder
 * @param {string[]} lines
 */
function listSources(folder, lines) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) listSources(path, lines);
    else if (!entry.name.endsWith('.md')) addFile(path, lines);
  }
}

/**
 * @param {string} path
 * @param {string[]} lines
 */
function addFile(path, lines) {
  const { size, mtimeMs } = statSync(path);
  lines.push(`${path.slice(paths.root.length)} ${size} ${mtimeMs}`);
}

/** @param {string | Uint8Array} content */
function hashOf(content) {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * @param {string} path
 * @returns {string | null} null when there is no such file
 */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
