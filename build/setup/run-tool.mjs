// Runs a set-up step quietly: its output is shown only when it fails.
import { spawn } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { paths } from './paths.mjs';

const windows = process.platform === 'win32';

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {{ shell?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<void>}
 */
export function runTool(command, args, cwd, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => reject(new Error(`could not run ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      reject(
        new Error(`“${[command, ...args].join(' ')}” failed (${signal ?? `exit code ${code}`}); its output is above.`),
      );
    });
  });
}

/**
 * Runs npm. Under `npm start` npm says where it is; else it is searched on the PATH.
 * @param {string[]} args
 * @param {string} cwd
 */
export function runNpm(args, cwd) {
  const npm = process.env['npm_execpath'];
  // A half-made node_modules must not lend npm its own Node.
  const path = process.env['PATH']?.split(delimiter).filter((folder) => !folder.startsWith(paths.modules));
  const env = { ...process.env, ...(path ? { PATH: [dirname(process.execPath), ...path].join(delimiter) } : {}) };
  return npm?.endsWith('.js')
    ? runTool(process.execPath, [npm, ...args], cwd, { env })
    : runTool('npm', args, cwd, { env, shell: windows });
}
