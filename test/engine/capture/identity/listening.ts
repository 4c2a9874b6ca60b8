// A door that asks who comes in, as the proxy does, and answers a line to whoever says one.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import {
  createIdentity,
  type Identity,
  type IdentityOptions,
} from '../../../../electron/engine/capture/identity/identity.ts';
import type { ClientConnection } from '../../../../electron/engine/capture/identity/client-connection.ts';
import type { Identified } from '../../../../shared/events/call-event.ts';
import type { ProcessIdentity } from '../../../../shared/model/caller.ts';

export interface Door {
  port: number;
  identity: Identity;
  /** By call number; each connection begins one call, with the first line as its target. */
  facts: Map<number, Identified>;
  processes: Map<string, ProcessIdentity>;
  /** The first line of each call, and the connection it came on. */
  calls: { call: number; line: string; connection: ClientConnection | null }[];
  /** What is said of a call, when it is said. */
  identified(call: number): Promise<Identified>;
  /** The number of the first call whose line fits, when it comes. */
  called(fits: (line: string) => boolean): Promise<number>;
  /** Ends every connection. */
  end(): void;
  stop(): Promise<void>;
}

export interface DoorOptions extends Partial<IdentityOptions> {
  answer?: (socket: net.Socket, line: string) => unknown;
  /** No line is answered before it is known who says it, or that nobody knows. */
  answerWhenKnown?: boolean;
  /** When to look: as the connection comes (as the proxy does), with its first bytes, or when the other end is gone. */
  look?: 'accept' | 'data' | 'end';
}

export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const facts = new Map<number, Identified>();
  const processes = new Map<string, ProcessIdentity>();
  const waiting = new Map<number, ((fact: Identified) => void)[]>();
  function learn(fact: Identified): void {
    facts.set(fact.call, fact);
    for (const take of waiting.get(fact.call) ?? []) take(fact);
  }
  const identity = createIdentity({
    emit: learn,
    noteProcess: (key, process) => processes.set(key, process),
    home: '/nowhere',
    fingerprintKey: Buffer.alloc(32, 7),
    redaction: { names: [], plain: [] },
    log: (line) => console.error(line),
    ...options,
  });
  await identity.ready;
  const { look = 'accept', answer = (socket: net.Socket) => socket.write('ok\n') } = options;
  const calls: Door['calls'] = [];
  const listeners = new Set<() => void>();
  const sockets = new Set<net.Socket>();

  async function identified(call: number): Promise<Identified> {
    return facts.get(call) ?? new Promise((resolve) => waiting.set(call, [...(waiting.get(call) ?? []), resolve]));
  }

  function take(line: string, socket: net.Socket, connection: ClientConnection | null): void {
    const call = calls.length + 1;
    calls.push({ call, line, connection });
    connection?.began(call, 'SAY', line, null);
    for (const listener of listeners) listener();
    // Who it is may be known before it says a word: then a call's `opened` has it, and nothing more is told.
    if (connection?.process) {
      const { process, app } = connection;
      learn({
        type: 'identified',
        call,
        by: 'socket',
        app,
        process,
        unknown: null,
        site: null,
        trace: null,
        tags: null,
      });
    }
    if (!options.answerWhenKnown) answer(socket, line);
    else void identified(call).then(() => answer(socket, line));
  }

  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let connection = look === 'accept' ? identity.identify(socket) : null;
    const held: string[] = [];
    let text = '';
    socket.on('data', (chunk) => {
      if (look === 'data') connection ??= identity.identify(socket);
      text += chunk.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end).trim();
        text = text.slice(end + 1);
        if (look === 'end') held.push(line);
        else take(line, socket, connection);
      }
    });
    socket.on('end', () => {
      if (look === 'end') connection = identity.identify(socket);
      for (const line of held) take(line, socket, connection);
      if (look !== 'end') socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    identity,
    facts,
    processes,
    calls,
    identified,
    called(fits) {
      return new Promise((resolve) => {
        const see = (): void => {
          const found = calls.find(({ line }) => fits(line));
          if (found) resolve(found.call);
        };
        listeners.add(see);
        see();
      });
    },
    end() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await identity.stop();
    },
  };
}

/** Starts a program and gives it back with what it has printed when it ends. */
export function start(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
) {
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = once(child, 'close').then(() => out);
  return { child, pid: child.pid ?? 0, ended };
}

export const pidOf = (key: string | null): number | null => (key === null ? null : Number(key.split('@')[0]));
