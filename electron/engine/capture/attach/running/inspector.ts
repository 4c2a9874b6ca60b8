import { request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** One target of a process's inspector (Chrome DevTools Protocol). */
export interface Inspector {
  /** Evaluates an expression in the program's main thread; what it gives, as JSON has it. Rejects with what it threw. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
}

const PATIENCE_MS = 5_000;

/** What `/json/list` of an inspector says. */
async function targetsAt(port: number): Promise<{ webSocketDebuggerUrl: string }[]> {
  const text = await new Promise<string>((resolve, reject) => {
    // A connection of its own: in a terminal that was set up, Node's agents would go through the proxy.
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/json/list',
      headers: { host: `127.0.0.1:${port}` },
      createConnection: () => connect(port, '127.0.0.1'),
      timeout: 1_000,
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.on('response', (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        if (said.length > 100_000) asked.destroy(new Error('that is no inspector'));
      });
      answer.on('end', () => resolve(said));
      answer.on('error', reject);
    });
    asked.end();
  });
  const read: unknown = JSON.parse(text);
  return Array.isArray(read) ? read.filter(isTarget) : [];
}

function isTarget(target: unknown): target is { webSocketDebuggerUrl: string } {
  return (
    typeof target === 'object' &&
    target !== null &&
    'webSocketDebuggerUrl' in target &&
    typeof target.webSocketDebuggerUrl === 'string'
  );
}

/** Opens the inspector that listens on a port of this machine, when it is this process's. Null when it is not, or none is there. */
export async function openInspector(port: number, pid: number): Promise<Inspector | null> {
  let inspector: Inspector | null = null;
  try {
    const [target] = await targetsAt(port);
    // Wherever it says it is, it is on this machine.
    if (target === undefined) return null;
    const path = new URL(target.webSocketDebuggerUrl).pathname;
    inspector = await speak(`ws://127.0.0.1:${port}${path}`);
    if ((await inspector.evaluate('process.pid')) === pid) return inspector;
  } catch {
    // Another program's port.
  }
  inspector?.close();
  return null;
}

function speak(url: string): Promise<Inspector> {
  const socket = new WebSocket(url, { handshakeTimeout: PATIENCE_MS, perMessageDeflate: false });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  const giveUp = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  socket.on('message', (data: Buffer) => {
    const said = JSON.parse(data.toString('utf8')) as {
      id?: number;
      error?: { message?: string };
      result?: {
        result?: { value?: unknown };
        exceptionDetails?: { exception?: { description?: string }; text?: string };
      };
    };
    const asked = waiting.get(said.id ?? 0);
    if (asked === undefined) return;
    waiting.delete(said.id ?? 0);
    const thrown = said.result?.exceptionDetails;
    const fault = said.error?.message ?? thrown?.exception?.description ?? thrown?.text;
    if (fault === undefined) asked.resolve(said.result?.result?.value);
    else asked.reject(new Error(fault.split('\n')[0]));
  });
  return new Promise((opened, failed) => {
    socket.on('error', (error) => {
      giveUp(error);
      failed(error);
    });
    socket.on('close', () => giveUp(new Error('The program closed its inspector.')));
    socket.on('open', () =>
      opened({
        evaluate: (expression) =>
          new Promise((resolve, reject) => {
            const id = (last += 1);
            const patience = setTimeout(() => {
              waiting.delete(id);
              reject(new Error('The program is busy, or stopped, and did not answer its inspector.'));
            }, PATIENCE_MS);
            const done = <T extends unknown[]>(then: (...given: T) => void) => {
              return (...given: T): void => {
                clearTimeout(patience);
                then(...given);
              };
            };
            waiting.set(id, { resolve: done(resolve), reject: done(reject) });
            const params = { expression, includeCommandLineAPI: true, returnByValue: true };
            socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
          }),
        close: () => socket.close(),
      }),
    );
  });
}
