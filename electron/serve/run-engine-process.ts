import type { EngineProcessOptions, FromEngine, ToEngine } from '../hosts/engine-messages.ts';
import { serveMessagePort } from '../hosts/message-port.ts';
import type { ApiPort } from '../hosts/message-port.ts';
import { openEngineService } from './engine-service.ts';
import type { EngineService } from './engine-service.ts';
import { explainStart } from './explain-start.ts';
import { readReach } from './read-reach.ts';
import { createTrust } from './trust.ts';

/** The other end of a shell's process, as Electron's `process.parentPort`. */
export interface ShellPort {
  on(event: 'message', listener: (message: { data: unknown; ports: ServedPort[] }) => void): unknown;
  postMessage(message: FromEngine): void;
}

type ServedPort = ApiPort & { start?(): void };

/** Runs an engine for a shell until it is told to stop. `end` ends the process when everything is closed. */
export async function runEngineProcess(
  options: EngineProcessOptions,
  shell: ShellPort,
  end: (exitCode: number) => void,
): Promise<void> {
  const log = (line: string): void => shell.postMessage({ say: 'log', line });
  // A bug of ours ends at most the call it happened in, never the traffic of everybody else.
  const onBug = (error: unknown): void => log(`fault: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('uncaughtException', onBug).on('unhandledRejection', onBug);

  // Ports may come before the engine is up; they are served in their order then.
  let service: EngineService | null = null;
  let serve: ((port: ServedPort) => void) | null = null;
  const early: ServedPort[] = [];
  let stopWanted: string | null = null;

  shell.on('message', ({ data, ports }) => {
    const message = data as ToEngine;
    switch (message.say) {
      case 'port':
        for (const port of ports) {
          if (serve) serve(port);
          else early.push(port);
        }
        return;
      case 'stop':
        if (service) service.stop(message.why);
        else stopWanted = message.why;
        return;
      case 'plan-trust':
        if (service)
          shell.postMessage({ say: 'trust-plan', id: message.id, plan: createTrust(service.ca).plan(message.what) });
        return;
      case 'change-trust':
        if (service)
          void createTrust(service.ca)
            .change(message.what)
            .then((outcome) => shell.postMessage({ say: 'trust-changed', id: message.id, outcome }));
        return;
    }
  });

  try {
    service = await openEngineService({
      dataDir: options.dataDir,
      version: options.version,
      reach: readReach(options.reach),
      reachArguments: options.reachArguments,
      proxyPort: options.proxyPort,
      workspacePort: options.workspacePort,
      access: options.access,
      program: options.program,
      log,
    });
  } catch (error) {
    const problem = explainStart(error);
    const why = problem?.why ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
    shell.postMessage({ say: 'cannot-start', why, kind: problem?.kind ?? 'bug' });
    return end(1);
  }
  const servePort = serveMessagePort(service.doors);
  serve = (port) => {
    servePort(port);
    port.start?.();
  };
  early.splice(0).forEach(serve);
  const { proxy, workspace, ca, link } = service;
  const token = new URL(link).searchParams.get('token') ?? '';
  shell.postMessage({ say: 'ready', at: { pid: process.pid, proxy, workspace, token, ca } });
  if (stopWanted !== null) service.stop(stopWanted);

  const why = await service.stopped;
  await service.close();
  shell.postMessage({ say: 'stopped', why });
  process.off('uncaughtException', onBug).off('unhandledRejection', onBug);
  end(0);
}
