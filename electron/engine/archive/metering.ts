import type { CallRecord } from '../../../shared/events/fold.ts';
import { meter } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import type { EndpointNamer } from '../../../shared/endpoints/endpoints.ts';
import type { PriceBook } from '../../../shared/ledger/price-book.ts';
import { MOCK_TAG } from '../../../shared/model/caller.ts';
import { reachedOrigin } from '../../../shared/model/failure.ts';
import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { Recognised } from '../../../shared/model/vendor.ts';
import { credentialOf } from '../../../shared/vendors/credential.ts';
import type { ExchangeHead } from '../../../shared/vendors/exchange.ts';
import type { UsageReader } from '../../../shared/vendors/usage-reader.ts';
import type { CallMeter } from './call-meter.ts';
import { headOf, startMeter } from './call-meter.ts';
import { decodeContent, codingsOf } from '../store/content-coding.ts';

/** By what calls are told apart, read and priced; all but the first may do without. */
export interface MeteringParts {
  /** Whose a host is; remembers its answers. */
  recognise(host: string): Recognised | null;
  readerFor(head: ExchangeHead): UsageReader | null;
  namer: EndpointNamer | null;
  limits: {
    needsBody(head: ExchangeHead): boolean;
    read(head: ExchangeHead, body: string | null, now: number): LimitReading | null;
    withModel(head: ExchangeHead, reading: LimitReading, model: string | null): LimitReading;
  } | null;
  /** API version and announced end. */
  notices: ((head: ExchangeHead) => Pick<Metering, 'apiVersion' | 'deprecation'>) | null;
  prices: PriceBook | null;
  tokens: TokenCounter;
}

/** Counts tokens of texts; its tables are loaded when somebody asks for the first time. */
export interface TokenCounter {
  /** Null: not loaded. */
  count: ((text: string) => number) | null;
  load(): Promise<void>;
}

/** What a call is to those who meter it, from its head on. */
export interface Metered {
  readonly recognised: Recognised;
  /** As of the request; of the answer once it is over. */
  head: ExchangeHead;
  readonly meter: CallMeter | null;
  named: boolean;
}

/** One that has ended and waits to be settled. */
interface Ended extends Heard {
  record: CallRecord;
  metered: Metered;
  limits: LimitReading | null;
}

/** What both heads of a call say, beside limits. */
type Heard = Pick<Metering, 'credential' | 'apiVersion' | 'deprecation'>;

export interface CallMetering {
  /** Null for calls that nobody meters: own network, tunnels. */
  open(record: CallRecord): Metered | null;
  /** Names the endpoint, once; `body`: what is held of the request's. */
  name(record: CallRecord, metered: Metered, body: readonly Buffer[]): void;
  /** The call is closed; `body`: what is held of the answer's. */
  end(record: CallRecord, metered: Metered, body: readonly Buffer[]): void;
  /** Puts what was read into the records of ended calls. A promise when something must be loaded first: ask again then. */
  settle(): Promise<void> | null;
}

/** Of a request, what operations are told from; of an answer, what limits are. */
const MOST_BODY = 256 * 1024;

/** `settled` hears of each call when what it used was read. */
export function createCallMetering(
  parts: () => MeteringParts,
  settled: (record: CallRecord) => void = () => {},
): CallMetering {
  let ended: Ended[] = [];

  function readUsage({ record, metered }: Ended, tokens: TokenCounter): Usage | null | 'wait' {
    if (metered.meter === null) return null;
    const { failure } = record;
    // Nobody charges for what never reached them.
    if (answeredByUs(record)) return null;
    if (record.status === null && failure !== null && !reachedOrigin(failure.kind)) return null;
    let wants = false;
    const usage = metered.meter.end((text) => {
      if (tokens.count !== null) return tokens.count(text);
      wants = true;
      return 0;
    });
    return wants ? 'wait' : usage;
  }

  function settleOne(one: Ended, { prices, limits: reader, tokens }: MeteringParts): Promise<void> | null {
    const { record, metered } = one;
    const usage = readUsage(one, tokens);
    if (usage === 'wait') return tokens.load();
    metered.meter?.close();
    const { head } = metered;
    const { vendor, service } = metered.recognised;
    const { credential, apiVersion, deprecation } = one;
    const { endpoint } = record.metering;
    const cost =
      prices?.price({
        vendor: vendor.id,
        service: service?.id ?? null,
        host: record.host,
        method: record.method,
        path: record.path,
        endpoint,
        status: answeredByUs(record) ? null : record.status,
        app: record.app,
        credential,
        startedAt: record.startedAt,
        usage,
      }) ?? null;
    const limits =
      one.limits === null ? null : (reader?.withModel(head, one.limits, usage?.model ?? null) ?? one.limits);
    // All at once: a copy for each part would cost more than reading some of them.
    record.metering = { endpoint, credential, apiVersion, deprecation, usage, cost, limits };
    settled(record);
    return null;
  }

  return {
    open(record) {
      if (record.kind === 'tunnel' || record.host === '') return null;
      const { recognise, readerFor } = parts();
      const recognised = recognise(record.host);
      if (recognised === null) return null;
      const head = headOf(record, recognised);
      const reader = readerFor(head);
      return { recognised, head, meter: reader === null ? null : startMeter(reader, record, head), named: false };
    },
    name(record, metered, body) {
      const { namer } = parts();
      if (metered.named || namer === null) return;
      metered.named = true;
      const endpoint = namer.name(metered.head, textOf(body, record.requestLines));
      meter(record, { endpoint });
    },
    end(record, metered, body) {
      const { limits, notices } = parts();
      const head = answeredHead(record, metered);
      const text = limits?.needsBody(head) ? textOf(body, record.responseLines) : null;
      const now = record.startedAt + (record.timeToFirstByteUs ?? 0);
      // Whoever reads a head reads it now: each of its blocks is looked through once for all of them.
      const said = own(record, limits?.read(head, text, now) ?? null);
      const { apiVersion, deprecation } = notices?.(head) ?? NOTHING_SAID;
      const credential = credentialOf(record.requestLines, record.query);
      ended.push({ record, metered, limits: said, credential, apiVersion, deprecation });
    },
    settle() {
      if (ended.length === 0) return null;
      const given = parts();
      const { prices } = given;
      // A model's price comes from tables that are loaded when the first such call is there.
      if (prices !== null && !ready.has(prices) && ended.some(({ metered }) => metered.meter !== null))
        return prices.prepare().then(
          () => void ready.add(prices),
          () => void ready.add(prices),
        );
      while (ended.length > 0) {
        const wait = settleOne(ended[0]!, given);
        if (wait !== null) return wait;
        ended.shift();
      }
      ended = [];
      return null;
    },
  };
}

/** A policy of ours or a mock answered it, in the vendor's place. A program that names a mock itself reaches somebody, and pays. */
function answeredByUs({ failure, attempts, status, tags }: CallRecord): boolean {
  const ours = failure?.kind === 'blocked' || tags?.[MOCK_TAG] !== undefined;
  return ours && status !== null && !attempts.some((attempt) => attempt.failure === null);
}

/** What our own refusals say of limits is not the vendor's word. */
function own(record: CallRecord, said: LimitReading | null): LimitReading | null {
  if (!answeredByUs(record)) return said;
  return record.status === 429 ? { signals: [], throttle: 'ours', retryAt: said?.retryAt ?? null } : null;
}

const NOTHING_SAID = { apiVersion: null, deprecation: null };

/** The head as it is in the end; readers keep the one they were given, so it is changed only where there are none. */
function answeredHead(record: CallRecord, metered: Metered): ExchangeHead {
  if (metered.meter !== null || metered.head.path !== record.path)
    return (metered.head = headOf(record, metered.recognised));
  const { head } = metered;
  head.status = record.status;
  head.responseLines = record.responseLines;
  return head;
}

/** Books whose tables are loaded, or cannot be. */
const ready = new WeakSet<PriceBook>();

/** What is held of a body as text, its codings undone; null when there is none, or it cannot be had. */
function textOf(chunks: readonly Buffer[], lines: string): string | null {
  if (chunks.length === 0) return null;
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const codings = codingsOf(headerValue(lines, 'content-encoding'));
  if (codings.length === 0) return bytes.toString('utf8', 0, Math.min(bytes.length, MOST_BODY));
  const decoding = decodeContent(bytes, codings, MOST_BODY);
  return decoding.kind === 'decoded' ? decoding.bytes.toString('utf8') : null;
}
