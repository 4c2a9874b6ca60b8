import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFrameReader, jsonFrame } from '../../shared/agent/frames.ts';
import type {
  FromAgent,
  FromEngine,
  Hello,
  JoinedCall,
  OtherConnection,
  OwnCall,
  OwnFact,
  SiteSeen,
  Welcome,
} from '../../shared/agent/link.ts';
import { LINK_ENV } from '../../shared/agent/link.ts';

type Fact<Type extends OwnFact['type']> = Extract<OwnFact, { type: Type }>;

/** All that was told of one call. */
export interface ToldCall {
  opened: OwnCall;
  hello: Hello;
  /** The site's frames, nearest first. */
  frames: SiteSeen['frames'];
  facts: OwnFact[];
  request: Buffer;
  response: Buffer;
  fact<Type extends OwnFact['type']>(type: Type): Fact<Type> | undefined;
}

/** The engine's end of the link, that writes down what it is told. */
export interface ListeningEngine {
  /** Environment of a program that shall be observed. */
  env: Record<string, string>;
  hellos: Hello[];
  calls: ToldCall[];
  joined: (JoinedCall & { frames: SiteSeen['frames']; hello: Hello })[];
  connections: OtherConnection[];
  drops: { calls: number; bodies: number };
  /** Calls that were told from beginning to end. */
  whole(): number;
  /** Agents that are connected now. */
  connected(): number;
  /** Resolves when something of what was told fits, or when it does already. */
  until(fits: () => boolean): Promise<void>;
  /** Says something to all agents. */
  say(message: FromEngine): void;
  /** Stops listening and cuts every connection, as a killed engine does; `restart` listens again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ListeningOptions {
  welcome?: Partial<Welcome>;
  /** Counts calls instead of keeping them. */
  forget?: boolean;
  /** Says welcome only when this resolves. */
  welcomeAfter?: Promise<void>;
}

export async function startListening({
  welcome = {},
  welcomeAfter,
  forget = false,
}: ListeningOptions = {}): Promise<ListeningEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-'));
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll(/\W/g, '-')}` : join(folder, 'agent.sock');
  const secret = randomBytes(16).toString('hex');
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, secret, { mode: 0o600 });
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let whole = 0;
  const engine: ListeningEngine = {
    env: { [LINK_ENV.socket]: path, [LINK_ENV.secretFile]: secretFile },
    hellos: [],
    calls: [],
    joined: [],
    connections: [],
    drops: { calls: 0, bodies: 0 },
    whole: () => whole,
    connected: () => sockets.size,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!fits()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    say(message) {
      for (const socket of sockets) socket.write(jsonFrame(Buffer.from(JSON.stringify([message]))));
    },
    async kill() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    restart: listen,
    async stop() {
      await engine.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    const sites = new Map<number, SiteSeen['frames']>();
    const calls = new Map<number, ToldCall>();
    let hello: Hello | null = null;
    const take = (message: FromAgent): void => {
      if (message.type === 'hello') {
        hello = message;
        if (message.secret !== secret) throw new Error('a wrong secret');
        engine.hellos.push(message);
        const answer: Welcome = {
          type: 'welcome',
          proxyPorts: [],
          bodyLimit: 1 << 20,
          paused: false,
          ownPorts: [],
          ...welcome,
        };
        const say = (): void => void socket.write(jsonFrame(Buffer.from(JSON.stringify([answer]))));
        if (welcomeAfter === undefined) say();
        else void welcomeAfter.then(say);
        return;
      }
      if (hello === null) throw new Error(`${message.type} before hello`);
      if (message.type === 'site') sites.set(message.id, message.frames);
      else if (message.type === 'joined') engine.joined.push({ ...message, frames: framesOf(message.site), hello });
      else if (message.type === 'connection') engine.connections.push(message);
      else if (message.type === 'drops') {
        engine.drops.calls += message.calls;
        engine.drops.bodies += message.bodies;
      } else if (message.type === 'opened') {
        const facts: OwnFact[] = [];
        const call: ToldCall = {
          opened: message,
          hello,
          frames: framesOf(message.site),
          facts,
          request: Buffer.alloc(0),
          response: Buffer.alloc(0),
          fact: (type) => facts.find((fact) => fact.type === type) as Fact<typeof type> | undefined,
        };
        if (calls.has(message.call)) throw new Error(`call ${message.call} opened twice`);
        calls.set(message.call, call);
        if (!forget) engine.calls.push(call);
      } else if (message.type !== 'ask') {
        const call = calls.get(message.call);
        if (call === undefined) throw new Error(`${message.type} of an unknown call`);
        if (call.fact('closed') !== undefined) throw new Error(`${message.type} after closed`);
        call.facts.push(message);
        if (message.type !== 'closed') return;
        whole++;
        if (forget) calls.delete(message.call);
      }
    };
    const framesOf = (site: number | null): SiteSeen['frames'] => {
      if (site === null) return [];
      const frames = sites.get(site);
      if (frames === undefined) throw new Error(`the site ${site} was not told`);
      return frames;
    };
    const reader = createFrameReader({
      json: (payload) => {
        for (const message of JSON.parse(Buffer.from(payload).toString('utf8')) as FromAgent[]) take(message);
      },
      piece: ({ call, side, data }) => {
        const told = calls.get(call);
        if (told === undefined) throw new Error('a piece of an unknown call');
        told[side] = Buffer.concat([told[side], data]);
      },
    });
    socket.on('data', (chunk) => {
      reader.push(chunk);
      for (const look of waiting) look();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      for (const look of waiting) look();
    });
  });

  async function listen(): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
  }
  await listen();
  return engine;
}
