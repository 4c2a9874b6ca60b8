import { parentPort } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import { createFrameReader } from '../../../../shared/agent/frames.ts';
import type { BodyPiece, FrameReader } from '../../../../shared/agent/frames.ts';
import type { CallSite } from '../../../../shared/model/caller.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { wallMicroseconds } from '../../pipeline/clock.ts';
import { createCallSites } from './call-sites.ts';
import type { FromIngest, Joining, LinkOrigin, ToIngest } from './messages.ts';
import { createOwnCalls } from './own-calls.ts';
import type { OwnCalls } from './own-calls.ts';
import { readMessage } from './read-message.ts';
import { createSlabWriter } from './slab-writer.ts';

/**
 * The thread that reads what agents say: frames → messages → facts in slabs, call sites with the files they need.
 * The thread that carries calls only hands the bytes on, gives ids, and takes the slabs.
 */

/** A slab goes out at the latest this long after its first fact. */
const SLAB_MS = 50;
/** Slabs that the archive may be behind; then nothing more is read, and sockets are not either. */
const MOST_SLABS = 16;
const MOST_SITES = 10_000;
/** A program that ends closes its sockets a moment before it is gone. */
const GOING_MS = 150;

type Said = NonNullable<ReturnType<typeof readMessage>>;

interface Link {
  origin: LinkOrigin;
  frames: FrameReader;
  own: OwnCalls;
  sites: Map<number, CallSite>;
  /** What is read of the chunk just now. */
  read: (Said | BodyPiece)[];
  opened: number;
  broken: boolean;
}

/** What waits its turn: a chunk whose calls wait for ids, or what came behind it. */
type Work =
  | { what: 'said'; link: Link; said: (Said | BodyPiece)[]; bytes: number; wants: number }
  | { what: 'end'; link: Link }
  | { what: 'flush'; id: number };

const port = parentPort!;
const links = new Map<number, Link>();
const ending = new Map<Link, NodeJS.Timeout>();
const sites = createCallSites();
const queue: Work[] = [];
/** Ids that came for works of the queue, in its order. */
const ids: number[][] = [];
const decoder = new TextDecoder();
let bodyLimit = 0;
let slabsOut = 0;
let slabTimer: NodeJS.Timeout | null = null;

const slabs = createSlabWriter({
  give(slab, length, calls, from) {
    slabsOut += 1;
    say({ type: 'slab', slab, length, calls, from }, [slab]);
  },
  onFirst() {
    slabTimer ??= setTimeout(() => {
      slabTimer = null;
      slabs.send();
    }, SLAB_MS);
  },
});

function say(message: FromIngest, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function open(origin: LinkOrigin): void {
  const link: Link = {
    origin,
    own: createOwnCalls(origin, { emit: slabs.write, bodyLimit: () => bodyLimit, now: wallMicroseconds }),
    sites: new Map(),
    read: [],
    opened: 0,
    broken: false,
    frames: createFrameReader({
      json(payload) {
        const messages: unknown = JSON.parse(decoder.decode(payload));
        if (!Array.isArray(messages)) throw new TypeError('JSON that is no list of messages');
        for (const value of messages as unknown[]) {
          const said = readMessage(value);
          if (said === null) continue;
          if (said.type === 'opened') link.opened += 1;
          link.read.push(said);
        }
      },
      piece: (piece) => void link.read.push(piece),
    }),
  };
  links.set(origin.link, link);
}

/** Reads the frames of a chunk; what they say waits for its turn. */
function read(link: Link, bytes: Uint8Array): void {
  if (link.broken) return say({ type: 'took', link: link.origin.link, bytes: bytes.length });
  link.read = [];
  link.opened = 0;
  try {
    link.frames.push(bytes);
  } catch (error) {
    link.broken = true;
    say({ type: 'broken', link: link.origin.link, why: error instanceof Error ? error.message : String(error) });
  }
  const wants = link.opened;
  if (wants > 0) say({ type: 'want', ids: wants });
  queue.push({ what: 'said', link, said: link.read, bytes: bytes.length, wants });
  work();
}

/** Works the queue off as far as ids are there and the archive keeps up. */
function work(): void {
  while (queue.length > 0 && slabsOut < MOST_SLABS) {
    const next = queue[0]!;
    if (next.what === 'said') {
      if (next.wants > 0 && ids.length === 0) return;
      takeAll(next.link, next.said, next.wants > 0 ? ids.shift()! : []);
      say({ type: 'took', link: next.link.origin.link, bytes: next.bytes });
    } else if (next.what === 'end') end(next.link);
    else {
      for (const link of ending.keys()) finish(link);
      slabs.send();
      say({ type: 'flushed', id: next.id });
    }
    queue.shift();
  }
}

function takeAll(link: Link, said: readonly (Said | BodyPiece)[], given: readonly number[]): void {
  const joined: Joining[] = [];
  let at = 0;
  for (const one of said) {
    try {
      if (!('type' in one)) link.own.piece(one);
      else if (one.type === 'opened') link.own.open(one, given[at++] ?? 0, siteOf(link, one.site));
      else take(link, one, joined);
    } catch (error) {
      say({ type: 'log', line: `What an agent said could not be taken in: ${String(error)}` });
    }
  }
  if (joined.length > 0) say({ type: 'joined', link: link.origin.link, calls: joined });
}

function take(link: Link, said: Exclude<Said, { type: 'opened' }>, joined: Joining[]): void {
  const { link: id } = link.origin;
  switch (said.type) {
    case 'site': {
      if (link.sites.size >= MOST_SITES) return;
      const site = sites.resolve(said.frames);
      link.sites.set(said.id, site);
      say({ type: 'site', link: id, id: said.id, site });
      break;
    }
    case 'joined': {
      const { type: _, ...call } = said;
      joined.push(call);
      break;
    }
    case 'connection':
      say({ type: 'connection', link: id, connection: said });
      break;
    case 'drops':
      say({ type: 'drops', link: id, calls: said.calls, bodies: said.bodies });
      break;
    case 'ask':
      say({ type: 'ask', link: id, ask: said });
      break;
    default:
      link.own.fact(said);
  }
}

function siteOf(link: Link, id: number | null): CallSite | null {
  return id === null ? null : (link.sites.get(id) ?? null);
}

/** A link is gone. Calls that it left open are closed once it can be told whether their program is gone, too. */
function end(link: Link): void {
  links.delete(link.origin.link);
  say({ type: 'ended', link: link.origin.link });
  if (link.own.openCalls === 0) return;
  if (link.broken || isGone(link)) return finish(link);
  ending.set(
    link,
    setTimeout(() => finish(link), GOING_MS),
  );
}

function finish(link: Link): void {
  const timer = ending.get(link);
  if (timer !== undefined) clearTimeout(timer);
  ending.delete(link);
  const failure: Failure =
    !link.broken && isGone(link)
      ? { kind: 'client-left', detail: 'The program ended before the answer was complete.' }
      : {
          kind: 'interrupted',
          detail: 'The link to the agent in the program was lost, so it is not known how this call ended.',
        };
  link.own.close(failure);
}

/** A thread of a program ends with its link; a program is asked for. */
function isGone({ origin: { pid, thread } }: Link): boolean {
  if (thread !== 0) return true;
  try {
    if (process.platform !== 'linux') return !process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // After the name, which may hold anything: Z and X are over and only not yet buried.
    return /^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
  } catch {
    return true;
  }
}

port.on('message', (message: ToIngest) => {
  switch (message.type) {
    case 'link': {
      const { type: _, ...origin } = message;
      open(origin);
      break;
    }
    case 'bytes': {
      const link = links.get(message.link);
      if (link !== undefined) read(link, message.bytes);
      break;
    }
    case 'ids':
      ids.push(message.ids);
      work();
      break;
    case 'end': {
      const link = links.get(message.link);
      if (link === undefined) break;
      queue.push({ what: 'end', link });
      work();
      break;
    }
    case 'taken':
      slabsOut -= message.slabs;
      work();
      break;
    case 'configure':
      ({ bodyLimit } = message);
      break;
    case 'flush':
      queue.push({ what: 'flush', id: message.id });
      work();
      break;
    default:
  }
});
