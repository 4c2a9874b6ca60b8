// Runs someone's program as if we were not there: same terminal, same process group, same signals, same end.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { commandLine } from './command-line.ts';

/** How a program ended. `notStarted` has the sentence to print and the shell's code for it. */
export type Ending =
  | { how: 'exited'; code: number }
  | { how: 'killed'; signal: NodeJS.Signals }
  | { how: 'notStarted'; code: 126 | 127; why: string };

/** What a supervisor or another terminal may send us in the program's stead. Windows knows only the first three. */
const passedOn: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGHUP']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

/** Sent by the terminal to every process in front of it, and so to the program without our help. */
const fromTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH']);

/**
 * Starts the command on our own stdin, stdout and stderr and waits for its end. Signals that would end this process
 * are passed on instead: it is the program's to decide, and we have the summary still to print.
 */
export function runProgram(options: {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Told how to reach the program, once it runs. */
  onStart?: (pid: number) => void;
}): Promise<Ending> {
  const { file, args, verbatim } = commandLine(options.command, options.args, options.env);
  return new Promise((resolve) => {
    // Signals first: one that comes while the program starts must not end us and leave it alone.
    let early: NodeJS.Signals | null = null;
    let send = (signal: NodeJS.Signals): void => void (early = signal);
    const handlers = passedOn.map((signal) => {
      const handler = () => {
        if (!(fromTerminal.has(signal) && process.stdin.isTTY)) send(signal);
      };
      process.on(signal, handler);
      return () => process.off(signal, handler);
    });
    const finish = (ending: Ending) => {
      for (const remove of handlers) remove();
      resolve(ending);
    };
    const child = spawn(file, args, { stdio: 'inherit', env: options.env, windowsVerbatimArguments: verbatim });
    child.once('spawn', () => {
      send = (signal) => void child.kill(signal);
      if (early) send(early);
      options.onStart?.(child.pid ?? 0);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      // An error after the start (a signal that could not be sent) is not the program's end.
      if (child.pid === undefined) finish(notStarted(options.command, error));
    });
    child.once('exit', (code, signal) => {
      finish(signal ? { how: 'killed', signal } : { how: 'exited', code: code ?? 1 });
    });
  });
}

function notStarted(command: string, error: NodeJS.ErrnoException): Ending {
  if (error.code === 'ENOENT' && !existsSync(process.cwd())) {
    return { how: 'notStarted', code: 126, why: 'the current folder does not exist any more' };
  }
  return error.code === 'ENOENT'
    ? { how: 'notStarted', code: 127, why: `${command}: command not found` }
    : { how: 'notStarted', code: 126, why: `${command}: cannot be executed (${error.code ?? error.message})` };
}

/** Killing oneself by these would also write a core file, which would be ours and not the program's. */
const coreSignals = new Set<NodeJS.Signals>([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]);

/**
 * Ends this process as the program ended: with its exit code, or by the signal that killed it (so that a shell that
 * waits sees a program stopped by Ctrl-C), or with 128 + its number where that is not possible.
 */
export function endLike(ending: Ending): void {
  if (ending.how !== 'killed') return process.exit(ending.code);
  const code = 128 + constants.signals[ending.signal];
  if (process.platform === 'win32' || coreSignals.has(ending.signal)) return process.exit(code);
  process.removeAllListeners(ending.signal);
  process.kill(process.pid, ending.signal);
  // Signals that Node survives (SIGPIPE) come here.
  setTimeout(() => process.exit(code), 100);
}
