import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { dataFolder } from '../hosts/data-folder.ts';
import { isEngineLocked } from '../hosts/engine-lock.ts';
import type { RunningEngine } from '../hosts/engine-lock.ts';
import { loopbackFetch } from '../hosts/loopback-fetch.ts';
import { passOptions } from '../hosts/pass-options.ts';
import { connect, connectOrFault } from './connect.ts';
import type { Connection } from './connect.ts';
import { accessOf } from './shared-options.ts';
import { EXIT, Fault } from './fault.ts';
import { findDesktop, hasDisplay } from './find-desktop.ts';
import type { Desktop } from './find-desktop.ts';
import { chooseOpener, startOpener, surroundings } from './open-browser.ts';
import type { OpenOptions } from './open.ts';
import { explained } from './serve.ts';
import { reachArguments } from './shared-options.ts';
import type { StartOptions } from './start.ts';
import { note, write } from './terminal.ts';

/** `sallyport start`: the engine and its workspace, in the best window there is. */
export async function startWorkspace(options: StartOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const running = isEngineLocked(dataDir) ? await connect(dataDir) : null;
  if (running?.engine) {
    await write(`Sallyport runs on ${dataDir} already (pid ${running.engine.pid}).\n`);
    await showRunning(running.engine, dataDir, options);
    if (running.engine.ephemeral) await keepAlive(running);
    return running.close();
  }
  const desktop: Desktop = options.open ? findDesktop() : { missing: '' };
  if ('electron' in desktop && !options.browser) {
    const ended = await runDesktop(desktop, dataDir, options);
    if (ended === null) return;
    note(`The desktop window could not be opened (${ended}); the workspace opens in a browser.`);
  } else if (options.open && !options.browser && 'missing' in desktop && hasDisplay())
    note(`No desktop window: ${desktop.missing}; the workspace opens in a browser.`);
  const { greetStart, serveEngine } = await import('./serve-engine.ts');
  await explained(() =>
    serveEngine(options, async (service) => {
      await write(greetStart(service, options.data));
      if (options.open) await openInBrowser({ workspace: service.workspace, token: tokenOf(service.link) }, dataDir);
    }),
  );
}

/** An engine that a `run` started would end with it, under the eyes of whoever looks; so we hold it, too. */
async function keepAlive({ client }: Connection): Promise<void> {
  note('That engine was started for a run; it stays as long as this command does (Ctrl-C).');
  try {
    for await (const _ of await client.system.lease({ name: 'start' }));
  } catch {
    // The engine ended; nothing is left to hold.
  }
}

/** `sallyport open` */
export async function openRunning(options: OpenOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const { engine, close } = await connectOrFault(dataDir);
  if (engine) await showRunning(engine, dataDir, { ...options, open: !options.print });
  await close();
}

async function showRunning(
  engine: RunningEngine,
  dataDir: string,
  { open, browser }: { open: boolean; browser?: boolean },
): Promise<void> {
  await write(`Workspace: ${engine.workspace}?token=${engine.token}\n`);
  if (!open) return;
  const desktop = findDesktop();
  if ('missing' in desktop || browser) return openInBrowser(engine, dataDir);
  // It brings the window of the engine to the front, or makes one.
  spawn(desktop.electron, [desktop.shell, passOptions({ data: dataDir })], { detached: true, stdio: 'ignore' }).unref();
}

/** Opens a browser on an engine that runs; says why when it does not. The link is printed before. */
async function openInBrowser(engine: Pick<RunningEngine, 'workspace' | 'token'>, dataDir: string): Promise<void> {
  const profile = join(dataDir, 'browser');
  const opener = chooseOpener(await ticketLink(engine), profile, surroundings());
  if (typeof opener === 'string')
    return note(`Nothing is opened: ${opener}. Open the link above in a browser on this machine.`);
  note(`It opens ${opener.name}.`);
  startOpener(opener, profile, (why) => note(`No browser came up (${why}). Open the link above yourself.`));
}

/** A command line can be seen by every user of the machine, so what stands in it is worth nothing a moment later. */
async function ticketLink({ workspace, token }: Pick<RunningEngine, 'workspace' | 'token'>): Promise<string> {
  const asked = new Request(`${workspace}api/session/ticket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const answer: unknown = await (await loopbackFetch(asked)).json();
  if (typeof answer !== 'object' || answer === null || !('ticket' in answer))
    throw new Fault('The engine gave no ticket for a browser; its own output says why.', EXIT.engine);
  return `${workspace}?ticket=${String(answer.ticket)}`;
}

function tokenOf(link: string): string {
  return new URL(link).searchParams.get('token') ?? '';
}

/** Runs the desktop app, which runs the engine, until it ends. Why, when its window never came up; else null. */
async function runDesktop(
  { electron, shell }: { electron: string; shell: string },
  dataDir: string,
  options: StartOptions,
): Promise<string | null> {
  const { proxyPort, workspacePort, connectTo, upstreamCa, passThrough, clientCertificate, policies } = options;
  const passed = passOptions({
    data: dataDir,
    ...(proxyPort === undefined ? {} : { proxyPort }),
    ...(workspacePort === undefined ? {} : { workspacePort }),
    access: accessOf(options),
    reach: {
      ...(connectTo === undefined ? {} : { connectTo }),
      ...(upstreamCa === undefined ? {} : { upstreamCa }),
      ...(passThrough === undefined ? {} : { passThrough }),
      ...(clientCertificate === undefined ? {} : { clientCertificate }),
      ...(policies === undefined ? {} : { policies }),
    },
    reachArguments: reachArguments(options),
  });
  const child = spawn(electron, [shell, passed], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let shown = false;
  child.on('message', (message) => (shown ||= message === 'shown'));
  // The terminal's own Ctrl-C reaches it without us; what is sent to us alone does not.
  const passOn = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, passOn);
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(shown || code === 0 ? null : (signal ?? `exit code ${code}`)));
    });
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
