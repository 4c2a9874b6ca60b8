// Runs the built program under Node 24 in place of this process: same terminal, same signals, same end.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { paths } from './paths.mjs';

/** What a supervisor or another terminal may send us. Windows knows only the first three. */
const passedOn = /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']);

/** @param {string[]} args the command line of sallyport */
export function handOver(args) {
  // The channel carries nothing. It closes when this process is gone, however it went, and so ends the child.
  const child = spawn(paths.node, [paths.entered, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.on('error', (error) => {
    console.error(`sallyport: could not run ${paths.node}: ${error.message}`);
    process.exitCode = 1;
  });
  for (const signal of process.platform === 'win32' ? passedOn.slice(0, 3) : passedOn) {
    process.on(signal, () => {
      // The terminal's own Ctrl-C and Ctrl-\ reach the child without us; twice would mean “at once” to it.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
      child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    if (!signal) return process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Signals that this process survives (or that a shell ignores for it) still end in the usual code.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 200);
  });
}
