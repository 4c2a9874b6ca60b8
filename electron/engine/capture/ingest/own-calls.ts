import type { BodyPiece } from '../../../../shared/agent/frames.ts';
import type { OwnCall, OwnFact } from '../../../../shared/agent/link.ts';
import { READ_MESSAGE, UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { Emit } from '../../../../shared/events/call-event.ts';
import type { CallSite, Tags } from '../../../../shared/model/caller.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { mayBeMetered } from '../../../../shared/vendors/usage/may-be-metered.ts';
import type { LinkOrigin } from './messages.ts';

/** Body facts carry at most this much, so that one fact always fits a slab. */
const PIECE = 64 * 1024;
/** Calls of one link that may be open at once; the oldest is given up for a new one. */
const MOST_OPEN = 20_000;
const DAY = 86_400_000_000;

/** A call that an agent tells us of, as far as it is told. */
interface OpenCall {
  id: number;
  startedAt: number;
  lastAt: number;
  kept: { request: number; response: number };
  seen: { request: number; response: number };
  /** What is beyond the limit is passed on, too, to be read and not kept. */
  readsAll: boolean;
}

/** Calls that went around the proxy, as the agent of one program tells them. */
export interface OwnCalls {
  /** `id`: the engine's, UNRECORDED when it is not to be recorded. */
  open(said: OwnCall, id: number, site: CallSite | null): void;
  fact(said: OwnFact): void;
  piece(piece: BodyPiece): void;
  readonly openCalls: number;
  /** Closes what is open: nothing more will be told of it. */
  close(failure: Failure): void;
}

/** Turns what an agent says of its own calls into facts. `bodyLimit` and `now` (µs since the epoch) are asked each time. */
export function createOwnCalls(
  origin: LinkOrigin,
  { emit, bodyLimit, now }: { emit: Emit; bodyLimit: () => number; now: () => number },
): OwnCalls {
  const calls = new Map<number, OpenCall>();

  function keep(call: OpenCall, side: 'request' | 'response', at: number, data: Uint8Array): void {
    call.seen[side] += data.length;
    const room = Math.min(data.length, bodyLimit() - call.kept[side]);
    for (let from = 0; from < room; from += PIECE) {
      const part = data.subarray(from, Math.min(room, from + PIECE));
      emit({ type: side === 'request' ? 'request-data' : 'response-data', call: call.id, at, data: part });
    }
    if (room > 0) call.kept[side] += room;
    if (!call.readsAll) return;
    for (let from = Math.max(0, room); from < data.length; from += PIECE) {
      const part = data.subarray(from, from + PIECE);
      emit({
        type: side === 'request' ? 'request-data' : 'response-data',
        call: call.id,
        at,
        data: part,
        beyond: true,
      });
    }
  }

  function end(call: OpenCall, failure: Failure): void {
    emit({
      type: 'closed',
      call: call.id,
      at: Math.max(call.lastAt, now() - call.startedAt),
      failure,
      requestBytes: call.seen.request,
      responseBytes: call.seen.response,
      trailers: '',
    });
  }

  return {
    open(said, id, site) {
      // A number used again is a new call: what was there before will never be closed.
      giveUp(calls, said.call, end);
      if (calls.size >= MOST_OPEN) giveUp(calls, calls.keys().next().value ?? 0, end);
      const present = now();
      const startedAt = Math.abs(present - said.startedAt) < DAY ? said.startedAt : present;
      calls.set(said.call, {
        id,
        startedAt,
        lastAt: 0,
        kept: { request: 0, response: 0 },
        seen: { request: 0, response: 0 },
        readsAll: mayBeMetered(said.method, said.target),
      });
      if (id === UNRECORDED) return;
      emit({
        type: 'opened',
        call: id,
        startedAt,
        kind: said.kind,
        source: 'agent',
        app: said.app ?? origin.app,
        clientAddress: null,
        method: said.method,
        scheme: said.scheme,
        host: said.host,
        port: said.port,
        target: said.target,
        protocol: said.protocol,
        headers: said.headers,
        process: origin.process,
        tags: tagsWithRun(said.tags, origin.run),
      });
      if (site !== null || said.trace !== null || origin.process === null)
        emit({
          type: 'identified',
          call: id,
          by: 'agent',
          app: null,
          process: null,
          unknown: origin.process === null ? 'gone' : null,
          site,
          trace: said.trace,
          tags: null,
        });
    },
    fact(said) {
      const call = calls.get(said.call);
      if (call === undefined) return;
      if (said.type === 'closed') calls.delete(said.call);
      if (call.id === UNRECORDED) return;
      if ('at' in said && said.at > call.lastAt) call.lastAt = said.at;
      if (said.type === 'message') {
        const data = Buffer.from(said.data, 'base64').subarray(0, Math.max(bodyLimit(), READ_MESSAGE));
        emit({ ...said, call: call.id, size: Math.max(said.size, data.length), data });
      } else emit({ ...said, call: call.id });
    },
    piece({ call: number, side, at, data }) {
      const call = calls.get(number);
      if (call === undefined || call.id === UNRECORDED) return;
      const moment = at >= 0 && at < Number.MAX_SAFE_INTEGER ? at : call.lastAt;
      if (moment > call.lastAt) call.lastAt = moment;
      keep(call, side, moment, data);
    },
    get openCalls() {
      return calls.size;
    },
    close(failure) {
      for (const call of calls.values()) if (call.id !== UNRECORDED) end(call, failure);
      calls.clear();
    },
  };
}

function giveUp(calls: Map<number, OpenCall>, number: number, end: (call: OpenCall, failure: Failure) => void): void {
  const call = calls.get(number);
  if (call === undefined) return;
  calls.delete(number);
  if (call.id !== UNRECORDED)
    end(call, { kind: 'interrupted', detail: 'The program’s agent told no more of this call.' });
}

/** What the program said, and the run that its agent was started in. */
export function tagsWithRun(tags: Tags | null, run: string | null): Tags | null {
  return run === null ? tags : { ...tags, run };
}
