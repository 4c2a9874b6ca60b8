import { setTimeout as wait } from 'node:timers/promises';
import { LINK_ENV } from '../../../../../shared/agent/link.ts';
import { agentFile, type AgentPlace } from '../node-agent.ts';
import { Refused } from '../target.ts';
import { openInspector, type Inspector } from './inspector.ts';
import { listeningPorts, takesSignal } from './node-processes.ts';

/** Where Node's inspector listens when nobody said otherwise. */
const USUAL_PORT = 9229;
const PATIENCE_MS = 5_000;

/**
 * Puts our agent into a Node program that runs, through its inspector, which is opened for that moment when it was not
 * open already. The agent observes from then on; calls that are open are not seen.
 * @throws {Refused} when that cannot be done: why, and what to do instead
 */
export async function attachNode(given: { pid: number; app: string | null; place: AgentPlace | null }): Promise<void> {
  const { pid, app, place } = given;
  const file = agentFile();
  if (place === null || file === null) {
    throw new Refused('This engine has no link for agents.', 'Its log says why; sallyport doctor, too.');
  }
  const variables = {
    [LINK_ENV.socket]: place.socket,
    [LINK_ENV.secretFile]: place.secretFile,
    ...(app !== null && { [LINK_ENV.app]: app }),
  };
  // The agent reads its variables as it is loaded; those the program starts later are not told of us.
  const done = await inside(
    pid,
    `(() => {
      const load = typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(${JSON.stringify(file)});
      const given = ${JSON.stringify(variables)};
      const before = {};
      for (const name in given) { before[name] = process.env[name]; process.env[name] = given[name]; }
      try { load(${JSON.stringify(file)}); }
      finally { for (const name in given) { if (before[name] === undefined) delete process.env[name]; else process.env[name] = before[name]; } }
      return globalThis[Symbol.for('sallyport.agent.1')]?.stop != null;
    })()`,
  );
  if (done !== true) {
    throw new Refused(
      `The agent does not run in process ${pid}.`,
      'It needs Node 18 or newer; and once taken out of a program, it comes back only with a new start.',
    );
  }
}

/** Takes the agent back out, as far as that goes: it tells nothing more. */
export async function detachNode(pid: number): Promise<boolean> {
  const said = await inside(
    pid,
    `(globalThis[Symbol.for('sallyport.agent.1')]?.stop?.(), globalThis[Symbol.for('sallyport.agent.1')]?.stop === null)`,
  );
  return said === true;
}

/** Evaluates an expression inside a program, and closes the inspector again when it was opened for that. */
async function inside(pid: number, expression: string): Promise<unknown> {
  const { inspector, opened } = await reach(pid);
  try {
    const value = await inspector.evaluate(expression);
    if (opened) await inspector.evaluate(CLOSE_SOON).catch(() => {});
    return value;
  } catch (error) {
    throw new Refused(
      `Process ${pid}: ${error instanceof Error ? error.message : String(error)}`,
      'Try again, or start it with: sallyport run -- …',
    );
  } finally {
    inspector.close();
  }
}

/** After we have left: as long as somebody is connected, closing it would hold the program up. */
const CLOSE_SOON = `void setTimeout(() => process.getBuiltinModule?.('node:inspector')?.close(), 200).unref()`;

async function reach(pid: number): Promise<{ inspector: Inspector; opened: boolean }> {
  const there = await open(pid);
  if (there !== null) return { inspector: there, opened: false };
  if (process.platform !== 'win32' && takesSignal(pid) === false) {
    throw new Refused(
      `Process ${pid} does not open its inspector on a signal, or is still starting.`,
      'Start it with: sallyport run -- …',
    );
  }
  try {
    // What “node inspect -p” does: SIGUSR1, or its like on Windows.
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (error) {
    throw new Refused(
      `Process ${pid} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`,
      'It must run, and be yours.',
    );
  }
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await wait(25)) {
    const inspector = await open(pid);
    if (inspector !== null) return { inspector, opened: true };
  }
  throw new Refused(
    `Process ${pid} did not open its inspector.`,
    `Another program may have port ${USUAL_PORT}, or it takes the signal for something else.`,
  );
}

async function open(pid: number): Promise<Inspector | null> {
  for (const port of new Set([...listeningPorts(pid), USUAL_PORT])) {
    const inspector = await openInspector(port, pid);
    if (inspector !== null) return inspector;
  }
  return null;
}
