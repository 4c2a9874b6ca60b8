// `sallyport run -- CMD ARGS…`: an engine, the environment that leads to it, the program, its summary, its ending.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { AgentMode } from '../../shared/agent/link.ts';
import { appNameFor, storedName } from '../engine/capture/attach/app-name.ts';
import type { HookName } from '../engine/capture/attach/hooks/names.ts';
import { agentEnv, type AgentPlace } from '../engine/capture/attach/node-agent.ts';
import { originalEnvironment } from '../engine/capture/attach/terminal-script.ts';
import { bundlesInForce, terminalEnv } from '../engine/capture/attach/terminal-env.ts';
import { createTrustFiles } from '../engine/capture/attach/trust-files.ts';
import { leadContainer } from './run-container.ts';
import { endLike, runProgram } from './run-program.ts';
import { aroundLine, createTally, queryForRun, summaryLine, type CountedCall, type WentAround } from './run-summary.ts';
import { fitsStrictly, mockLines, type MockAsked, type MockReport } from './mock-report.ts';
import { whyNoCall } from './why-no-call.ts';

/** What a run needs of an engine, its own or one that is there. */
export interface RunEngine {
  /** `http://127.0.0.1:PORT` */
  proxy: string;
  /** Proves to the proxy that the program was started here, until `release`; null from an engine that knows of none. */
  secret: string | null;
  caPath: string;
  dataDir: string;
  /** Where agents in programs reach it; null when it has no link for them. */
  agent: AgentPlace | null;
  /** The newest call recorded so far; 0 when there is none. */
  newestCall(): Promise<number>;
  /** Everything seen so far is stored, and `calls` will find it. */
  flush(): Promise<void>;
  /** Calls that pass the filter and are newer than `after`, newest first; `before` pages on. */
  callsAfter(question: { query: string; after: number; before?: number }): Promise<{
    calls: (CountedCall & { id: number })[];
    more: boolean;
  }>;
  /** Where programs of this run went past the engine. */
  aroundIn(run: string): Promise<WentAround[]>;
  /** A port of the proxy for this app and run alone, as long as the engine is held. */
  ownPort(app: string, run: string): Promise<number>;
  /** A port on another address of this machine, where every caller has to prove who they are; as long as the engine is held. */
  portAt(host: string): Promise<number>;
  /** Answers the calls of this run from a file of mocks, until the engine is released. Rejects with a sentence. */
  mock(run: string, asked: MockAsked): Promise<{ report(): Promise<MockReport> }>;
  /** Gives the engine back; one that was started for this run ends when nobody else holds it. */
  release(): Promise<void>;
}

export interface RunOptions {
  command: string;
  args: readonly string[];
  app?: string | undefined;
  /** As the user named it, for the command in the summary. */
  dataDir?: string | undefined;
  quiet: boolean;
  /** Runtimes that get only variables, and no hook. */
  without: readonly HookName[];
  /** How our agent in Node programs goes about it; null leaves it out. */
  agent: AgentMode | null;
  /** Why the program must not run unrecorded, as the end of “was not started …”; null when it may. */
  refuse: string | null;
  env: NodeJS.ProcessEnv;
  /** Answers from mocks in place of origins; left out: calls go where they go. */
  mock?: (MockAsked & { strict: boolean }) | undefined;
  /** Finds or starts the engine; rejects with a sentence when it cannot. */
  attach: () => Promise<RunEngine>;
}

/** Exit code when the program was not started because of us; `env`, `nice` and `timeout` use the same. */
const ownFault = 125;

/** With `--strict`: the program ended well, but calls and mocks did not fit each other. */
const MOCKS_DO_NOT_FIT = 122;

/** Runs the program and ends this process as the program ended. */
export async function run(options: RunOptions): Promise<void> {
  let prepared: Prepared;
  try {
    prepared = await prepare(options);
  } catch (error) {
    say(sentence(error));
    if (options.refuse !== null) {
      say(`“${options.command}” was not started${options.refuse}`);
      process.exit(ownFault);
    }
    // A fault of ours does not keep people from their work.
    say(`“${options.command}” runs UNRECORDED. To have it refused instead: sallyport run --require-recording`);
    const ending = await runProgram({ command: options.command, args: options.args, env: options.env });
    if (ending.how === 'notStarted') say(ending.why);
    endLike(ending);
    return;
  }
  const { engine, args, env, trust } = prepared;
  const ending = await runProgram({ command: options.command, args, env });
  let fits = true;
  if (ending.how === 'notStarted') say(ending.why);
  else {
    await report(prepared, options);
    fits = await reportMocks(prepared, options);
  }
  trust.remove();
  await engine.release().catch(() => {});
  // What went wrong with the program itself says more.
  if (!fits && ending.how === 'exited' && ending.code === 0) process.exit(MOCKS_DO_NOT_FIT);
  endLike(ending);
}

interface Prepared {
  engine: RunEngine;
  app: string;
  /** As they were given, unless a container is led to the engine by them. */
  args: readonly string[];
  run: string;
  /** What the run's calls are found by. */
  query: string;
  env: NodeJS.ProcessEnv;
  trust: ReturnType<typeof createTrustFiles>;
  /** The newest call before the program started. */
  newest: number;
  mocked: { report(): Promise<MockReport> } | null;
}

/** Everything that can fail before the program starts. */
async function prepare(options: RunOptions): Promise<Prepared> {
  const engine = await options.attach();
  try {
    const { dataDir, caPath } = engine;
    const app = storedName(options.app ?? appNameFor(options.command, process.cwd()));
    const { hostname: host, port } = new URL(engine.proxy);
    const trust = createTrustFiles({ dataDir, caPath, log: say });
    const proxy = { host, port: Number(port), secret: engine.secret };
    // In a terminal that was set up, what counts is what was there before.
    const before = originalEnvironment(options.env);
    const run = randomBytes(8).toString('hex');
    const { without, agent: mode } = options;
    const ownPort = without.includes('java') ? null : await engine.ownPort(app, run);
    const changes = terminalEnv({ before, app, run, proxy, ownPort, without, files: trust.files });
    const agent =
      mode === null ? {} : agentEnv({ before: { ...before, ...changes }, app, run, mode, place: engine.agent });
    // SALLYPORT_DATA: so that `sallyport calls` inside the program looks at the same calls.
    const env = { ...before, ...changes, ...agent, SALLYPORT_DATA: dataDir };
    const args = await leadContainer({
      command: options.command,
      args: options.args,
      env,
      app,
      run,
      proxy,
      ownPort,
      without,
      dataDir,
      caPath,
      bundle: trust.files.bundle(bundlesInForce(before)),
      keepForRun: trust.keepForRun,
      portAt: engine.portAt,
      say,
    });
    const mocked = options.mock === undefined ? null : await engine.mock(run, options.mock);
    return { engine, app, args, run, query: queryForRun(run), env, trust, newest: await engine.newestCall(), mocked };
  } catch (error) {
    await engine.release().catch(() => {});
    throw error;
  }
}

/** How long the program's last calls get to close: its end reaches us a moment before the origins' does. */
const SETTLE_MS = 1_000;

/** Everything of the program is stored, and closed as far as it will be soon. */
async function settle(engine: RunEngine, runQuery: string, newest: number): Promise<void> {
  const query = `${runQuery} state:open`;
  for (const until = performance.now() + SETTLE_MS; ; await wait(25)) {
    await engine.flush();
    const open = await engine.callsAfter({ query, after: newest });
    if (open.calls.length === 0 || performance.now() > until) return;
  }
}

/** The program has run; whatever goes wrong from here is told, and its ending stays its own. */
async function report({ engine, app, run, query, env, newest }: Prepared, options: RunOptions): Promise<void> {
  try {
    await settle(engine, query, newest);
    if (options.quiet) return;
    const tally = createTally();
    let before: number | undefined;
    for (;;) {
      const page = await engine.callsAfter({ query, after: newest, ...(before ? { before } : {}) });
      tally.add(page.calls);
      before = page.calls.at(-1)?.id;
      if (!page.more || before === undefined) break;
    }
    say(summaryLine(tally, app, query, options.dataDir ?? null));
    const around = aroundLine(await engine.aroundIn(run), options.dataDir ?? null);
    if (around !== null) say(around);
    if (tally.calls === 0) for (const hint of whyNoCall(options.command, env)) say(hint);
  } catch (error) {
    say(`the engine did not answer at the end, so calls may be missing: ${sentence(error)}`);
  }
}

/** False: `--strict`, and something nothing matched, or a mock was never used. */
async function reportMocks({ mocked }: Prepared, { mock, quiet }: RunOptions): Promise<boolean> {
  if (mocked === null || mock === undefined) return true;
  try {
    const report = await mocked.report();
    if (!quiet || mock.strict) for (const line of mockLines(report, mock.file)) say(line);
    return !mock.strict || fitsStrictly(report);
  } catch (error) {
    say(`the engine did not say at the end what was mocked: ${sentence(error)}`);
    return !mock.strict;
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Written at once: this process may end by a signal right after. */
function say(line: string): void {
  try {
    writeSync(2, `sallyport: ${line}\n`);
  } catch {
    // stderr is closed or full; the program's ending matters more.
  }
}
