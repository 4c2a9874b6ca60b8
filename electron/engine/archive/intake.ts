import type { CallEvent, Identified, MessageSeen } from '../../../shared/events/call-event.ts';
import { READ_MESSAGE, UNRECORDED } from '../../../shared/events/call-event.ts';
import type { BodyTally, CallRecord } from '../../../shared/events/fold.ts';
import { attachBody, countMessages, fold, interrupt } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import { createSseReader } from '../../../shared/bytes/sse.ts';
import type { ServerSentEvent } from '../../../shared/bytes/sse.ts';
import { createRedactor } from '../../../shared/redaction/redactor.ts';
import type { Redactor } from '../../../shared/redaction/redactor.ts';
import { rulesWith } from '../../../shared/redaction/rules.ts';
import type { CoverageReport } from '../store/coverage-rows.ts';
import type { Batch, Store } from '../store/store.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import { boundKey, boundProcess } from './bound-caller.ts';
import { createBodyKeeper } from './captured-body.ts';
import { grpcMessagesOf } from './grpc-messages.ts';
import type { GrpcMessages } from './grpc-messages.ts';
import type { LiveCall } from './live-call.ts';
import { bytesOf, createMessageQueue, keepChunks, startCall } from './live-call.ts';
import type { OwnNames } from './messages.ts';
import { createInflater, takeoverOf } from './message-inflate.ts';
import type { CallMetering } from './metering.ts';
import type { Naming } from './naming.ts';
import type { EndpointMerge } from '../store/picture-rows.ts';
import { redactCoverage, redactFact } from './redact-facts.ts';
import { createSecretBook } from './secrets.ts';
import type { Secret } from './secrets.ts';
import type { Gap } from './slab.ts';

export interface IntakeOptions {
  store: Pick<Store, 'bodyFor'>;
  fingerprint: (secret: string) => string;
  /** Bytes kept of each body, and of each call's messages together. */
  bodyLimit: number;
  /** Bytes of all unfinished bodies together; beyond it new ones are let go, and marked. */
  heldLimit: number;
  redaction?: OwnNames;
  /** Reads out of calls what they used and what that cost; without it nothing is. */
  metering?: CallMetering | null;
  naming?: Naming | null;
  /** A call is over that nobody meters. */
  unmetered?: (record: CallRecord) => void;
}

/** Facts in, a batch to commit out: redacts, folds, joins bodies, reads messages. */
export interface Intake {
  take(event: CallEvent | Gap): void;
  /** Who is behind a `processKey`; written with the next batch. */
  noteProcess(key: string, identity: ProcessIdentity): void;
  /** Has the rows of open calls written again whose bodies went on since; false when all rows are right. */
  refresh(): boolean;
  /** A promise when something must be loaded before what has ended is ready: ask for the batch then. */
  settle(): Promise<void> | null;
  /** What is ready since the last batch, or null; with what was learned of endpoints, when that is asked. The batch stays valid until `committed`. */
  batch(withLearned?: boolean): Batch | null;
  /** Endpoints that count as others from now on; written with the next batch. */
  mergeEndpoints(merges: readonly EndpointMerge[]): void;
  /** The last batch is on disk: slabs may go back. */
  committed(): void;
  /** Some stored bodies may be gone. */
  forgetBodies(): void;
  /** Closes all open calls: the engine is stopping. */
  interrupt(detail: string): void;
  secretsOf(call: number): Secret[];
  /** What is to be kept of a report on coverage. */
  redactCoverage(report: CoverageReport): CoverageReport;
  openCalls(): number;
  /** Other limits and names, from the next fact on. The rules are compiled anew only when the names changed. */
  configure(settings: Required<Pick<IntakeOptions, 'bodyLimit' | 'heldLimit' | 'redaction'>>): void;
}

export function createIntake({
  store,
  fingerprint,
  metering = null,
  naming = null,
  unmetered,
  ...settings
}: IntakeOptions): Intake {
  let { bodyLimit, heldLimit } = settings;
  let names = settings.redaction ?? { names: [], plain: [] };
  const calls = new Map<number, LiveCall>();
  const secrets = createSecretBook();
  let current = 0;
  let redactor = compileRedactor();
  let bodies = createBodyKeeper(store, redactor);
  let held = 0;
  let callHigh = 0;
  let next: Batch = emptyBatch();
  let dirty = new Set<LiveCall>();
  let borrowed = new Set<LiveCall>();
  let talking = new Set<LiveCall>();
  /** Records of `next.closed` by id, as far as somebody asked for one. */
  const closed = new Map<number, CallRecord>();
  let indexed = 0;

  function compileRedactor(): Redactor {
    return createRedactor({
      fingerprint,
      onSecret: (raw, masked) => secrets.note(current, raw, masked),
      rules: rulesWith(names),
    });
  }

  function takeEvent(event: CallEvent): void {
    let call = calls.get(event.call);
    if (!call) {
      // A call that began in a shed or lost slab is counted in its gap; it has no time and no target.
      if (event.type === 'identified') takeLate(event);
      if (event.type !== 'opened') return;
      calls.set(event.call, (call = startCall(event.call)));
      if (event.call > callHigh) callHigh = event.call;
    }
    current = event.call;
    fold(call.record, redactFact(event, redactor));
    switch (event.type) {
      case 'opened':
        call.metered ??= metering?.open(call.record) ?? null;
        if (call.metered !== null && BODILESS.has(call.record.method)) metering?.name(call.record, call.metered, []);
        markDirty(call);
        break;
      case 'request-data':
        call.metered?.meter?.request(event.data, call.record.request.decoded !== null);
        if (event.beyond) break;
        call.requestHeld += hold(call, call.request, call.requestHeld, call.record.request, event.data);
        call.grpc.sent ??= readRequest(call.record.requestLines);
        if (call.grpc.sent !== 'none') addFrames(call, call.grpc.sent, 'sent', event.data, event.at);
        break;
      case 'request-ended':
        nameEndpoint(call);
        markDirty(call);
        break;
      case 'response-data':
        call.metered?.meter?.response(event.data, call.record.response.decoded !== null);
        if (event.beyond) break;
        call.responseHeld += hold(call, call.response, call.responseHeld, call.record.response, event.data);
        if (call.sse) addEvents(call, call.sse.push(latin1(event.data)), event.at);
        else if (call.grpc.received) addFrames(call, call.grpc.received, 'received', event.data, event.at);
        break;
      case 'answered':
        if (call.record.responseLines === event.headers) {
          startReading(call);
          call.metered?.meter?.answered();
        }
        nameEndpoint(call);
        markDirty(call);
        break;
      case 'message':
        addMessage(call, event);
        break;
      case 'closed':
        finish(call, event.at);
        break;
      default:
        markDirty(call);
    }
  }

  /** As soon as the request is there as far as it will be: open calls show it. */
  function nameEndpoint({ record, metered, request }: LiveCall): void {
    if (metered !== null && !metered.named) metering?.name(record, metered, request);
  }

  /** Who made a call that is over: its record, while it waits to be written, else its row. */
  function takeLate(event: Identified): void {
    current = event.call;
    redactFact(event, redactor);
    for (; indexed < next.closed.length; indexed += 1) closed.set(next.closed[indexed]!.id, next.closed[indexed]!);
    const record = closed.get(event.call);
    if (record) fold(record, event);
    else (next.late ??= []).push(event);
  }

  /** Keeps a chunk as long as limits allow; gives how many bytes were kept. */
  function hold(call: LiveCall, chunks: Buffer[], sideHeld: number, tally: BodyTally, data: Uint8Array): number {
    const room = Math.min(bodyLimit - sideHeld, heldLimit - held);
    if (room <= 0) {
      if (held >= heldLimit) tally.shed = true;
      return 0;
    }
    const size = Math.min(room, data.byteLength);
    chunks.push(size === data.byteLength ? (data as Buffer) : Buffer.from(data.buffer, data.byteOffset, size));
    held += size;
    if (!call.borrowed) {
      call.borrowed = true;
      borrowed.add(call);
    }
    return size;
  }

  function startReading(call: LiveCall): void {
    const { record } = call;
    if (record.status === 101) {
      const takeover = takeoverOf(record.responseLines);
      call.inflaters = takeover && {
        sent: createInflater(takeover.sent, Math.max(bodyLimit, READ_MESSAGE)),
        received: createInflater(takeover.received, Math.max(bodyLimit, READ_MESSAGE)),
      };
    } else {
      const type = headerValue(record.responseLines, 'content-type');
      if (type === null) return;
      if (/^text\/event-stream\b/i.test(type)) {
        if (headerValue(record.responseLines, 'content-encoding') === null) call.sse = createSseReader(bodyLimit);
      } else call.grpc.received = grpcMessagesOf(type, record.responseLines, bodyLimit);
    }
  }

  function readRequest(lines: string): GrpcMessages | 'none' {
    return grpcMessagesOf(headerValue(lines, 'content-type'), lines, bodyLimit) ?? 'none';
  }

  function addEvents(call: LiveCall, events: readonly ServerSentEvent[], at: number): void {
    if (events.length === 0) return;
    countMessages(call.record, events.length);
    for (const event of events) {
      addLine(call, {
        at,
        direction: 'received',
        type: 'event',
        size: event.size,
        data: redactor.text(event.data),
        name: event.name ?? event.id,
      });
    }
  }

  function addFrames(
    call: LiveCall,
    reader: GrpcMessages,
    direction: 'sent' | 'received',
    chunk: Uint8Array,
    at: number,
  ): void {
    const frames = reader.push(chunk);
    if (frames.length === 0) return;
    countMessages(call.record, frames.length);
    for (const { size, data, name } of frames) {
      const text =
        data === null ? null : redactor.body(data.latin1Slice(0, data.length), 'application/octet-stream', false);
      addLine(call, { at, direction, type: 'binary', size, data: text, name });
    }
  }

  function addMessage(call: LiveCall, event: MessageSeen): void {
    const { direction, at } = event;
    const whole = event.data.byteLength >= event.size;
    const plain = event.deflated
      ? (call.inflaters?.[direction]?.inflate(event.data, whole) ?? null)
      : Buffer.from(event.data.buffer, event.data.byteOffset, event.data.byteLength);
    const size = event.deflated ? (plain?.length ?? event.size) : event.size;
    const all =
      plain === null || (event.size > 0 && event.data.byteLength === 0) ? null : plain.latin1Slice(0, plain.length);
    const type = MESSAGE_TYPES[event.opcode];
    if (event.opcode === 1 && call.metered?.meter) {
      if (all !== null && whole) call.metered.meter.message(direction, all);
      // Sound and the like are too long to be told whole; what was used stands in short ones.
      else if (event.size < READ_MESSAGE) call.metered.meter.miss();
    }
    // What was told beyond the limit was told to be read.
    const text = all === null || (bodyLimit === 0 && all !== '') ? null : all.slice(0, bodyLimit);
    if (event.opcode === 8) {
      const code = text !== null && text.length >= 2 ? String(text.charCodeAt(0) * 256 + text.charCodeAt(1)) : null;
      addLine(call, {
        at,
        direction,
        type,
        size,
        data: text === null ? null : redactor.text(text.slice(2)),
        name: code,
      });
    } else
      addLine(call, {
        at,
        direction,
        type,
        size,
        data:
          text === null
            ? null
            : event.opcode === 1
              ? redactor.text(text)
              : redactor.body(text, 'application/octet-stream', false),
        name: null,
      });
  }

  function addLine(call: LiveCall, message: Parameters<NonNullable<LiveCall['messages']>['add']>[0]): void {
    call.messages ??= createMessageQueue();
    const over = call.messages.kept + (message.data?.length ?? 0) > bodyLimit;
    call.messages.add(over ? { ...message, data: null } : message);
    talking.add(call);
    markDirty(call);
  }

  function markDirty(call: LiveCall): void {
    if (call.dirty) return;
    call.dirty = true;
    dirty.add(call);
  }

  function finish(call: LiveCall, at: number): void {
    const { record } = call;
    if (!record.closed || !record.opened) return;
    if (call.sse) addEvents(call, call.sse.end(), at);
    if (call.metered !== null) {
      nameEndpoint(call);
      metering?.end(record, call.metered, call.response);
    } else unmetered?.(record);
    keepSide(call, 'request', call.request, record.requestLines);
    keepSide(call, 'response', call.response, record.responseLines);
    held -= call.requestHeld + call.responseHeld;
    calls.delete(record.id);
    if (call.dirty) dirty.delete(call);
    if (call.borrowed) borrowed.delete(call);
    next.closed.push(record);
  }

  function keepSide(call: LiveCall, side: 'request' | 'response', chunks: readonly Buffer[], lines: string): void {
    const tally = call.record[side];
    if (chunks.length === 0) {
      attachBody(call.record, side, {
        captured: null,
        capturedBytes: 0,
        decodedBytes: tally.wireBytes === 0 ? 0 : null,
      });
      return;
    }
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const plain = tally.decoded !== null;
    const cut = tally.truncated !== null || bytes.length < (tally.decoded ?? tally.wireBytes);
    const stored = bodies.keep(
      { bytes, lines, wireBytes: tally.wireBytes, place: call.record.path, cut, plain },
      next.bodies,
    );
    // How much of what was on the wire that is, nobody can say of decoded bytes; of a part its share.
    const share = plain ? Math.floor((tally.wireBytes * bytes.length) / Math.max(1, tally.decoded ?? 1)) : null;
    attachBody(
      call.record,
      side,
      share === null || stored.captured === null ? stored : { ...stored, capturedBytes: share },
    );
  }

  return {
    take(event) {
      if (event.type === 'gap')
        next.gaps.push({
          from: event.from,
          to: event.to,
          calls: event.calls,
          reason: GAP_SENTENCES[event.reason],
        });
      else takeEvent(event);
    },
    noteProcess(key, identity) {
      const known = boundKey(key);
      if (known === null) return;
      current = UNRECORDED;
      const processes = (next.processes ??= new Map<string, ProcessIdentity>());
      processes.set(known, boundProcess(identity, redactor));
      // Only while the disk is in trouble for long: the newest count.
      if (processes.size > MOST_PROCESSES) processes.delete(processes.keys().next().value!);
    },
    refresh() {
      // Pieces of bodies alone write no row: most calls are over before anybody would see it.
      for (const call of calls.values()) if (call.shownBytes !== bytesOf(call)) markDirty(call);
      return dirty.size > 0;
    },
    mergeEndpoints(merges) {
      next.merges = [...(next.merges ?? []), ...merges];
    },
    settle: () => metering?.settle() ?? null,
    batch(withLearned = false) {
      for (const call of dirty) {
        call.dirty = false;
        call.shownBytes = bytesOf(call);
        if (call.record.opened) next.open.push(call.record);
      }
      if (dirty.size > 0) dirty = new Set();
      for (const call of talking) {
        const messages = call.messages?.take(call.record.id);
        if (messages) next.messages.push(messages);
      }
      if (talking.size > 0) talking = new Set();
      next.callHigh = callHigh;
      naming?.report(next, withLearned);
      const facts = next.closed.length + next.open.length + next.gaps.length + (next.late?.length ?? 0);
      const told = (next.processes?.size ?? 0) + (next.merges?.length ?? 0) + (next.learned ? 1 : 0);
      return facts + next.messages.length + next.bodies.length + told > 0 ? next : null;
    },
    committed() {
      next = emptyBatch();
      closed.clear();
      indexed = 0;
      for (const call of borrowed) keepChunks(call);
      if (borrowed.size > 0) borrowed = new Set();
    },
    forgetBodies: () => bodies.forget(),
    interrupt(detail) {
      for (const call of calls.values()) {
        interrupt(call.record, detail);
        finish(call, call.record.lastAt);
      }
    },
    secretsOf: (call) => secrets.of(call),
    redactCoverage(report) {
      current = UNRECORDED;
      return redactCoverage(report, redactor);
    },
    openCalls: () => calls.size,
    configure(given) {
      ({ bodyLimit, heldLimit } = given);
      if (JSON.stringify(given.redaction) === JSON.stringify(names)) return;
      names = given.redaction;
      redactor = compileRedactor();
      // What the old rules made of a body is not to be given again.
      bodies = createBodyKeeper(store, redactor);
    },
  };
}

/** As stored with a gap. `paused` is the user's doing, and doors tell it from trouble by this word. */
const GAP_SENTENCES: Readonly<Record<Gap['reason'], string>> = {
  overload: 'The recorder could not keep up.',
  paused: 'paused',
};

/** Their endpoint is told by their head alone. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** Processes that may wait for the disk. */
const MOST_PROCESSES = 10_000;

const MESSAGE_TYPES = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' } as const;

function emptyBatch(): Batch {
  return { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 0 };
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).latin1Slice(0, data.byteLength);
}
