import type { Ask, Drops, FromAgent, FromEngine, Hello, Verdict, Welcome } from '../../shared/agent/link.ts';
import type { Call, Way } from './call.ts';
import { deadline, later, soon } from './clock.ts';
import { mapFrames } from './map-frames.ts';
import type { Site } from './site.ts';
import { createPacker } from './packer.ts';
import { createWire } from './wire.ts';

/** One thing to tell: a message, or a whole frame with a piece of a body. */
export interface Item {
  /** The call it is about, when the agent tells that call whole. */
  call: Call | null;
  message: FromAgent | null;
  frame: Uint8Array | null;
  /** Told before the message, once on each connection. */
  site: Site | null;
  /** About how many bytes it holds. */
  cost: number;
  /** With `opened` and `connection` alone: for when the engine says only later which ports are its own. */
  way?: Way | null;
}

export interface Link {
  /** False: there was no room, and the call is left out and counted. Facts of calls that were taken are always taken. */
  push(item: Item): boolean;
  hasRoom(bytes: number): boolean;
  /** Counts something that is kept elsewhere until it can be told, and takes it off again. */
  reserve(item: Item): void;
  release(item: Item): void;
  /** A body of this call is not told to its end. */
  shed(call: Call): void;
  /** Bytes of each body that are kept. */
  bodyLimit(): number;
  /** Whose connection this is: the engine's proxy, another door of the engine, or neither. */
  placeOf(way: Way | null): 'proxy' | 'engine' | 'elsewhere';
  proxyPorts(): readonly number[];
  /** Nothing need be told: refused, or paused by the user. */
  quiet(): boolean;
  /** Asks for a verdict; null when none came in time or nobody is there. */
  ask(question: Omit<Ask, 'type' | 'id'>, deadlineMs: number): Promise<Verdict | null>;
  /** Whether it is known yet if an engine is there: it has spoken on the first connection, or that one came to nothing. */
  settled(): boolean;
  onSettled(listener: () => void): void;
  start(): void;
  /** Nothing more is told, for good. */
  stop(): void;
  /** The process ends: whatever is here is written, as far as the socket takes it. */
  finish(): void;
}

export interface LinkOptions {
  path: string;
  hello: Hello;
  /** Ports of the proxy as the environment has them: for a program that ends before the engine said a word. */
  guessedPorts: readonly number[];
}

/** Bytes waiting for the engine, at most. */
const MOST_WAITING = 2 * 1024 * 1024;
/** Bytes that are written at once, about; with so many waiting nobody waits for the clock. */
const BATCH = 65_536;
const PAUSE = 50;
const LIMIT_UNTIL_TOLD = 1024 * 1024;

export function createLink({ path, hello, guessedPorts }: LinkOptions): Link {
  const packer = createPacker();
  let queue: Item[] = [];
  let waiting = 0;
  let welcome: Welcome | null = null;
  /** Whether the engine has said welcome on this connection. */
  let welcomed = false;
  let refused = false;
  /** Counts connections. */
  let epoch = 1;
  let guessedAtEnd: readonly number[] = [];
  let armed = false;
  let hurried = false;
  const drops: Drops = { type: 'drops', calls: 0, bodies: 0 };
  let settled = false;
  const waitingToBegin: (() => void)[] = [];
  const questions = new Map<number, (verdict: Verdict | null) => void>();
  let lastQuestion = 0;

  const wire = createWire({
    path,
    onOpen: () => {
      const first = createPacker();
      first.message(hello);
      wire.write(first.bytes());
    },
    onMessage: take,
    onGone: () => {
      epoch++;
      welcomed = false;
      for (const resolve of questions.values()) resolve(null);
      settle();
    },
  });

  function settle(): void {
    settled = true;
    for (const listener of waitingToBegin.splice(0)) listener();
  }

  function take(message: FromEngine): void {
    if (message.type === 'welcome') {
      welcome = message;
      if (!welcomed) sortOut();
      welcomed = true;
      if (message.paused) forget();
      arm();
      settle();
    } else if (message.type === 'verdict') {
      questions.get(message.id)?.(message);
    } else if (message.type === 'refused') {
      stop();
    }
  }

  function stop(): void {
    refused = true;
    forget();
    wire.close();
  }

  /** Nothing more is told of what is here. */
  function forget(): void {
    for (const { call } of queue) if (call !== null) call.state = 'left-out';
    queue = [];
    waiting = 0;
  }

  /** Calls that began before the engine had said which ports are its own: those that went there are not ours to tell. */
  function sortOut(): void {
    queue = queue.filter(({ message, way }) => message?.type !== 'connection' || placeOf(way ?? null) === 'elsewhere');
    for (const item of queue) {
      const { call, message, way } = item;
      if (call === null || message?.type !== 'opened' || way == null || call.state !== 'own') continue;
      const place = placeOf(way);
      if (place === 'elsewhere') continue;
      call.state = place === 'proxy' ? 'joined' : 'left-out';
      if (place === 'engine') continue;
      const { site, trace, tags, app, method, target, startedAt } = message;
      item.call = null;
      item.message = {
        type: 'joined',
        site,
        trace,
        tags,
        app,
        port: way.localPort,
        ordinal: way.ordinal,
        method,
        target,
        startedAt,
      };
    }
    queue = queue.filter((item) => item.call === null || item.call.state === 'own');
    waiting = queue.reduce((sum, { cost }) => sum + cost, 0);
  }

  function placeOf(way: Way | null): 'proxy' | 'engine' | 'elsewhere' {
    if (way === null || !way.near) return 'elsewhere';
    if ((welcome?.proxyPorts ?? guessedAtEnd).includes(way.remotePort)) return 'proxy';
    return welcome?.ownPorts.includes(way.remotePort) ? 'engine' : 'elsewhere';
  }

  function arm(): void {
    if (armed || (queue.length === 0 && wire.left === 0 && drops.calls + drops.bodies === 0)) return;
    armed = true;
    later(() => {
      armed = false;
      flush();
      arm();
    }, PAUSE);
  }

  function hurry(): void {
    if (hurried || !welcomed) return;
    hurried = true;
    soon(() => {
      hurried = false;
      flush();
    });
  }

  function flush(): void {
    if (!welcomed || !wire.write(null)) return;
    while (queue.length > 0 || drops.calls + drops.bodies > 0) {
      let count = 0;
      for (let bytes = 0; count < queue.length && bytes < BATCH; count++) bytes += queue[count]!.cost;
      const batch = pack(count === queue.length ? queue : queue.slice(0, count));
      queue = count === queue.length ? [] : queue.slice(count);
      if (!wire.write(batch)) return;
    }
  }

  /** The frames of these items, which leave the queue. The bytes are good until the next call. */
  function pack(items: readonly Item[]): Buffer | null {
    packer.clear();
    if (drops.calls + drops.bodies > 0) {
      packer.message(drops);
      drops.calls = drops.bodies = 0;
    }
    for (const { call, message, frame, site, cost } of items) {
      waiting -= cost;
      if (call !== null) {
        if (call.state !== 'own') continue;
        if (message?.type === 'opened') call.epoch = epoch;
        else if (call.epoch !== epoch) {
          // Its beginning went to an engine that is gone; what is left of it would mean nothing to the next one.
          call.state = 'left-out';
          drops.calls++;
          continue;
        }
      }
      if (site !== null && site.epoch !== epoch) {
        site.epoch = epoch;
        if (!site.mapped) site.frames = mapFrames(site.frames);
        site.mapped = true;
        packer.message({ type: 'site', id: site.id, frames: site.frames });
      }
      if (message !== null) packer.message(message);
      if (frame !== null) packer.frame(frame);
    }
    return packer.bytes();
  }

  /** Bodies go first when there is no room. */
  function makeRoom(cost: number): boolean {
    if (waiting + cost <= MOST_WAITING) return true;
    const kept: Item[] = [];
    // What `shed` says of their calls comes to the end of the queue, and so into what is kept.
    for (const item of queue) {
      if (item.frame === null) kept.push(item);
      else {
        waiting -= item.cost;
        if (item.call !== null) shed(item.call);
      }
    }
    queue = kept;
    return waiting + cost <= MOST_WAITING;
  }

  const shedCalls = new WeakSet<Call>();
  function shed(call: Call): void {
    if (shedCalls.has(call)) return;
    shedCalls.add(call);
    drops.bodies++;
    if (call.state === 'own')
      push({ call, message: { type: 'body-shed', call: call.id }, frame: null, site: null, cost: 60 });
  }

  function push(item: Item): boolean {
    const begins = item.message?.type === 'opened' || item.message?.type === 'joined';
    if (begins && (refused || welcome?.paused === true || !makeRoom(item.cost))) {
      if (!refused && welcome?.paused !== true) drops.calls++;
      if (item.call !== null) item.call.state = 'left-out';
      return false;
    }
    queue.push(item);
    waiting += item.cost;
    if (waiting >= BATCH) hurry();
    arm();
    return true;
  }

  return {
    push,
    shed,
    placeOf,
    hasRoom: (bytes) => waiting + bytes <= MOST_WAITING,
    reserve: ({ cost }) => {
      waiting += cost;
    },
    release: ({ cost }) => {
      waiting -= cost;
    },
    bodyLimit: () => welcome?.bodyLimit ?? LIMIT_UNTIL_TOLD,
    proxyPorts: () => welcome?.proxyPorts ?? guessedPorts,
    quiet: () => refused || welcome?.paused === true,
    ask(question, deadlineMs) {
      if (!welcomed) return Promise.resolve(null);
      const id = ++lastQuestion;
      return new Promise((resolve) => {
        // The one timer that may keep the process: the program is waiting for this.
        const timer = deadline(() => settle(null), deadlineMs);
        const settle = (verdict: Verdict | null): void => {
          timer.clear();
          questions.delete(id);
          resolve(verdict);
        };
        questions.set(id, settle);
        push({ call: null, message: { type: 'ask', id, ...question }, frame: null, site: null, cost: 500 });
        flush();
      });
    },
    settled: () => settled,
    onSettled: (listener) => waitingToBegin.push(listener),
    start: () => wire.connect(),
    stop,
    finish() {
      if (refused) return;
      if (welcome === null) {
        guessedAtEnd = guessedPorts;
        sortOut();
      }
      const last = queue.length > 0 || drops.calls + drops.bodies > 0 ? pack(queue) : null;
      wire.writeAtEnd(last, welcomed || last === null);
      queue = [];
    },
  };
}
