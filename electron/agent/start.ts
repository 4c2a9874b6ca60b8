import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as WorkerThreads from 'node:worker_threads';
import { AGENT_MODES, LINK_ENV, LINK_VERSION, type AgentMode } from '../../shared/agent/link.ts';
import { createCallTeller } from './call.ts';
import { processStart } from './clock.ts';
import { surroundings } from './context.ts';
import type { startGovern as StartGovern } from './govern/start-govern.ts';
import { createLink, type Link } from './link.ts';
import { observeHttp } from './observe/http.ts';
import { observeHttp2 } from './observe/http2.ts';
import { createObserved } from './observe/observed.ts';
import { observeUndici } from './observe/undici.ts';
import { sharedState } from './shared-state.ts';
import { leaveOut, takeSite } from './site.ts';
import { watchSockets } from './sockets.ts';
import { activeSpan } from './trace.ts';

/**
 * Begins to observe, once in a thread and only where `sallyport run` (or somebody by hand) has said where the engine
 * is. Never throws and prints nothing; what cannot be done is left undone.
 */
export function startAgent(file: string): void {
  const { env } = process;
  const path = env[LINK_ENV.socket];
  const state = sharedState();
  if (path === undefined || path === '' || state.observing) return;
  let secret: string;
  try {
    secret = readFileSync(env[LINK_ENV.secretFile] ?? '', 'utf8').trim();
  } catch {
    return;
  }
  state.observing = true;
  const mode = AGENT_MODES.find((one) => one === env[LINK_ENV.mode]) ?? 'observe';
  const link = createLink({
    path,
    hello: helloOf(secret, mode, threadOf(file)),
    guessedPorts: portsInEnvironment(env),
  });
  const teller = createCallTeller(link);
  const observed = createObserved(link, teller);
  const sockets = watchSockets(({ way, ...other }) => {
    if (link.quiet() || link.placeOf(way) !== 'elsewhere') return;
    link.push({ call: null, message: { type: 'connection', ...other }, frame: null, site: null, cost: 200, way });
  });
  const undici = observeUndici(link, teller, observed);
  observeHttp(link, teller, observed, () => createRequire(file)('node:http') as typeof import('node:http'));
  observeHttp2(link, teller, undici);
  link.start();
  state.stop = () => {
    link.stop();
    state.stop = null;
  };
  if (mode === 'govern') startGovern(file, link);
  atExit(() => {
    sockets.finish();
    link.finish();
  });
}

/** One more listener than before must not be the one that makes Node warn of too many. */
function atExit(work: () => void): void {
  const most = process.getMaxListeners();
  if (most > 0) process.setMaxListeners(most + 1);
  process.on('exit', () => {
    try {
      work();
    } catch {
      // The program ends as it would have.
    }
  });
}

/** A file of its own, because it needs a newer Node and is not wanted by most. */
function startGovern(file: string, link: Link): void {
  try {
    const part = join(dirname(file), 'govern.cjs');
    leaveOut(part);
    const govern = createRequire(file)(part) as {
      startGovern: typeof StartGovern;
    };
    govern.startGovern(link, {
      takeSite: () => {
        const site = takeSite();
        if (site === null) return null;
        link.push({ call: null, message: null, frame: null, site, cost: 100 });
        return site.id;
      },
      tags: () => surroundings()?.tags ?? null,
      app: () => surroundings()?.app ?? null,
      trace: activeSpan,
    });
  } catch {
    // Then it is observed, and not governed: fail open.
  }
}

function helloOf(secret: string, mode: AgentMode, thread: number): Parameters<typeof createLink>[0]['hello'] {
  return {
    type: 'hello',
    version: LINK_VERSION,
    secret,
    pid: process.pid,
    ppid: process.ppid,
    thread,
    startedAt: processStart(),
    node: process.versions.node,
    argv: process.argv.slice(0, 64).map((argument) => argument.slice(0, 2000)),
    folder: workingFolder(),
    app: process.env[LINK_ENV.app] || null,
    run: process.env[LINK_ENV.run] || null,
    mode,
  };
}

/** 0 for the main thread, which can change folders; the module that tells takes milliseconds to load. */
function threadOf(file: string): number {
  if ((process.chdir as { disabled?: boolean }).disabled !== true) return 0;
  return (createRequire(file)('node:worker_threads') as typeof WorkerThreads).threadId;
}

/** A folder that was removed under the program has no name. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}

/** Ports of the proxies on this machine that the environment names. */
function portsInEnvironment(env: NodeJS.ProcessEnv): number[] {
  const ports: number[] = [];
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
    const match = /(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)\/?$/.exec(env[name] ?? '');
    if (match !== null) ports.push(Number(match[1]));
  }
  return ports;
}
