import type { Attempt, CallKind, Protocol } from '../../shared/model/call.ts';
import type { Failure } from '../../shared/model/failure.ts';
import type { Tags, TraceContext } from '../../shared/model/caller.ts';
import type { OwnFact } from '../../shared/agent/link.ts';
import { dataFrame, dataFrameLength } from '../../shared/agent/frames.ts';
import { mayBeMetered } from '../../shared/vendors/usage/may-be-metered.ts';
import { now } from './clock.ts';
import { surroundings } from './context.ts';
import type { Link, Item } from './link.ts';
import { takeSite, type Site } from './site.ts';
import { activeSpan, traceInHeaders } from './trace.ts';

/** Who made a call: taken while the code that makes it is on the stack. */
export interface Origin {
  site: Site | null;
  trace: TraceContext | null;
  tags: Tags | null;
  app: string | null;
}

/** `from`: a function on the stack that nobody need look behind; frames above it are ours or Node's. */
export function takeOrigin(from?: (...args: never[]) => unknown): Origin {
  const around = surroundings();
  return { site: takeSite(from), trace: activeSpan(), tags: around?.tags ?? null, app: around?.app ?? null };
}

/** The head of a request, once the connection that it goes out on is known. */
export interface Outgoing {
  kind: CallKind;
  method: string;
  scheme: string;
  host: string;
  port: number;
  /** Origin form. */
  target: string;
  protocol: Protocol;
  /** Raw lines, without the request line. */
  headers: string;
  /** What a proxy would see of it; null when it never got a connection. */
  way: Way | null;
}

/** Which connection a request left on. */
export interface Way {
  localPort: number;
  remotePort: number;
  /** The other end is on this machine. */
  near: boolean;
  /** Which request it is on its connection, from 0 on; null when not known. */
  ordinal: number | null;
}

/**
 * `waiting`: not told yet. `own`: told whole. `joined`: the proxy records it. `left-out`: nothing of it is told.
 */
export type CallState = 'waiting' | 'own' | 'joined' | 'left-out';

/** One call of the program, from the moment its client made it. Methods never throw. */
export interface Call {
  readonly startedAt: number;
  readonly origin: Origin;
  state: CallState;
  /** The agent's number for it, once it is told. */
  id: number;
  /** Connection to the engine on which `opened` was written; 0 before. */
  epoch: number;
  requestBytes: number;
  responseBytes: number;
  answered: boolean;
  ended: boolean;
  closed: boolean;
}

export interface CallTeller {
  begin(origin: Origin): Call;
  /** The request goes out. Told again for the same call it is another attempt. */
  open(call: Call, out: Outgoing, attempt: () => Attempt): void;
  /** A piece of a body passes; the bytes are copied before this returns. */
  piece(call: Call, side: 'request' | 'response', data: Uint8Array): void;
  requestEnded(call: Call, trailers?: string): void;
  informed(call: Call, status: number, headers: string): void;
  answered(call: Call, status: number, reason: string, protocol: Protocol, headers: string): void;
  upgraded(call: Call): void;
  message(call: Call, message: Omit<Extract<OwnFact, { type: 'message' }>, 'type' | 'call' | 'at'>): void;
  close(call: Call, failure: Failure | null, trailers?: string): void;
}

interface Kept extends Call {
  pieces: { request: number; response: number };
  shed: boolean;
  /** The engine reads all of its bytes, kept or not. */
  readsAll: boolean;
  /** Facts that came before `opened`: a body written before there was a connection. */
  held: Item[] | null;
}

const PIECE = 65_536;
/** What an object with a few numbers in it comes to, in memory and on the link. */
const SMALL = 120;

export function createCallTeller(link: Link): CallTeller {
  let lastId = 0;

  const since = (call: Call): number => now() - call.startedAt;

  function tell(call: Call, message: OwnFact, cost: number): void {
    const { state } = call;
    if (state === 'own') link.push({ call, message, frame: null, site: null, cost });
    else if (state === 'waiting') hold(call as Kept, { call, message, frame: null, site: null, cost });
  }

  function hold(call: Kept, item: Item): void {
    (call.held ??= []).push(item);
  }

  return {
    begin(origin) {
      const call: Kept = {
        startedAt: now(),
        origin,
        state: 'waiting',
        id: 0,
        epoch: 0,
        requestBytes: 0,
        responseBytes: 0,
        answered: false,
        ended: false,
        closed: false,
        pieces: { request: 0, response: 0 },
        shed: false,
        readsAll: false,
        held: null,
      };
      return call;
    },

    open(call, out, attempt) {
      const { origin, startedAt } = call;
      const trace = traceInHeaders(out.headers) ?? origin.trace;
      const { method, target, way } = out;
      const who = { site: origin.site?.id ?? null, trace, tags: origin.tags, app: origin.app };
      const place = link.placeOf(way);
      if (place === 'engine') {
        call.state = 'left-out';
      } else if (place === 'proxy') {
        call.state = 'joined';
        link.push({
          call: null,
          site: origin.site,
          frame: null,
          cost: SMALL + target.length,
          message: { type: 'joined', ...who, port: way!.localPort, ordinal: way!.ordinal, method, target, startedAt },
        });
      } else if (call.state === 'own') {
        tell(call, { type: 'attempted', call: call.id, ...attempt() }, SMALL);
        return;
      } else if (call.state === 'waiting') {
        call.id = ++lastId;
        call.state = 'own';
        (call as Kept).readsAll = mayBeMetered(method, target);
        const { kind, scheme, host, port, protocol, headers } = out;
        const opened = link.push({
          call,
          site: origin.site,
          frame: null,
          // With room for the facts that will follow, which are never turned away.
          cost: 4 * SMALL + target.length + headers.length,
          message: {
            type: 'opened',
            call: call.id,
            startedAt,
            kind,
            method,
            scheme,
            host,
            port,
            target,
            protocol,
            headers,
            ...who,
          },
          way,
        });
        if (opened) tell(call, { type: 'attempted', call: call.id, ...attempt() }, SMALL);
      }
      const { held } = call as Kept;
      (call as Kept).held = null;
      if (held === null) return;
      for (const item of held) {
        if (item.frame !== null) link.release(item);
        if (call.state !== 'own') continue;
        nameCall(item, call.id);
        link.push(item);
      }
    },

    piece(call, side, data) {
      if (side === 'request') call.requestBytes += data.length;
      else call.responseBytes += data.length;
      if (call.state === 'joined' || call.state === 'left-out') return;
      const { pieces } = call as Kept;
      let room = (call as Kept).readsAll ? data.length : link.bodyLimit() - pieces[side];
      if (room <= 0 || (call as Kept).shed) return;
      for (let at = 0; at < data.length && room > 0; at += PIECE) {
        const part = data.subarray(at, Math.min(at + PIECE, at + room, data.length));
        if (!link.hasRoom(part.length)) {
          (call as Kept).shed = true;
          link.shed(call);
          return;
        }
        room -= part.length;
        pieces[side] += part.length;
        const frame = dataFrame(
          { call: call.id, side, at: since(call), data: part },
          Buffer.allocUnsafe(dataFrameLength(part.length)),
        );
        const item: Item = { call, message: null, frame, site: null, cost: frame.length };
        if (call.state === 'own') link.push(item);
        else {
          hold(call as Kept, item);
          link.reserve(item);
        }
      }
    },

    requestEnded(call, trailers = '') {
      if (call.ended) return;
      call.ended = true;
      tell(call, { type: 'request-ended', call: call.id, at: since(call), bytes: call.requestBytes, trailers }, SMALL);
    },

    informed(call, status, headers) {
      tell(call, { type: 'informed', call: call.id, at: since(call), status, headers }, SMALL + headers.length);
    },

    answered(call, status, reason, protocol, headers) {
      if (call.answered) return;
      call.answered = true;
      tell(
        call,
        { type: 'answered', call: call.id, at: since(call), status, reason, protocol, headers },
        SMALL + headers.length,
      );
    },

    upgraded(call) {
      tell(call, { type: 'upgraded', call: call.id, at: since(call) }, SMALL);
    },

    message(call, message) {
      if (call.state !== 'own') return;
      const cost = SMALL + message.data.length;
      if (!link.hasRoom(cost)) link.shed(call);
      else tell(call, { type: 'message', call: call.id, at: since(call), ...message }, cost);
    },

    close(call, failure, trailers = '') {
      if (call.closed) return;
      call.closed = true;
      const { requestBytes, responseBytes } = call;
      tell(
        call,
        { type: 'closed', call: call.id, at: since(call), failure, requestBytes, responseBytes, trailers },
        SMALL,
      );
      if (call.state === 'waiting') {
        // It ended before anything of it was told, and nobody opened it: what was held of it goes.
        call.state = 'left-out';
        for (const item of (call as Kept).held ?? []) if (item.frame !== null) link.release(item);
        (call as Kept).held = null;
      }
    },
  };
}

/** Puts the agent's number for the call into what was written before it had one. */
function nameCall({ message, frame }: Item, id: number): void {
  if (message !== null && 'call' in message) message.call = id;
  if (frame !== null) new DataView(frame.buffer, frame.byteOffset).setUint32(5, id, true);
}
