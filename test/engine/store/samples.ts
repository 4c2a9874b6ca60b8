import { decisionOf } from '../../../shared/events/decision-texts.ts';
import fc from 'fast-check';
import type { NewBody } from '../../../electron/engine/store/bodies-writer.ts';
import type { EndpointMerge, Recognise } from '../../../electron/engine/store/picture-rows.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { startRecord } from '../../../shared/events/fold.ts';
import { summariseRecord } from '../../../shared/events/summarise.ts';
import type { Marks } from '../../../shared/model/call.ts';
import { processKey } from '../../../shared/model/caller.ts';
import type { ProcessIdentity, ProcessSummary } from '../../../shared/model/caller.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import { UNMETERED } from '../../../shared/model/metering.ts';
import type { Cost } from '../../../shared/model/money.ts';
import { NO_TOKENS } from '../../../shared/model/usage.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { callSummaries } from '../../shared/query/trees.ts';

/** Any calls, with headers and bodies that filters find. */
export interface Sample {
  record: CallRecord;
  bodies: [string | null, string | null];
  marks: Marks;
  process: ProcessIdentity | null;
}

/** Whose the hosts of samples are. */
export const recogniseSample: Recognise = (host) =>
  host === 'api.stripe.com'
    ? { vendor: 'stripe', service: 'api' }
    : host === 'É.com'
      ? { vendor: 'É.com', service: null }
      : host === 'a.B'
        ? { vendor: 'stripe', service: 'a*c 100%' }
        : null;

/** Endpoints of samples that count as others. */
const SAMPLE_MERGES: readonly EndpointMerge[] = [
  { host: 'a.B', from: ['POST /v1/charges', ''], to: 'GET /v1/{id}' },
  { host: 'localhost', from: ['GET /v1/*'], to: 'POST /v1/charges' },
];

/** The sample's narrow row. */
export function summaryOfSample({ record, marks, process }: Sample): CallSummary {
  const summary = summariseRecord(record, process);
  const alias = SAMPLE_MERGES.find(({ host, from }) => host === summary.host && from.includes(summary.endpoint ?? ''));
  return {
    ...summary,
    ...marks,
    ...recogniseSample(summary.host),
    endpoint: alias && summary.endpoint !== null ? alias.to : summary.endpoint,
  };
}

/** All there is of a process that lists show as given. */
export function identityOf(shown: ProcessSummary): ProcessIdentity {
  return {
    ...shown,
    // Another process for all that differs.
    startedAt: [...JSON.stringify(shown)].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1e12, 7),
    executable: `/usr/bin/${shown.name}`,
    folder: '/srv/shop',
    container: null,
    parents: [{ pid: 1, name: 'sh' }],
    project: { kind: 'npm', name: 'shop', folder: '/srv/shop', gitRemote: null, gitBranch: 'main' },
  };
}

/** A record whose narrow row is the given one. */
function recordOf(summary: CallSummary, headers: string): CallRecord {
  const record = startRecord(summary.id);
  record.opened = true;
  record.closed = summary.state === 'closed';
  record.kind = summary.kind;
  record.source = summary.source;
  record.startedAt = summary.startedAt;
  record.app = summary.app;
  record.clientAddress = summary.clientAddress;
  record.method = summary.method;
  record.scheme = summary.scheme;
  record.host = summary.host;
  record.port = summary.port;
  record.path = summary.path;
  record.query = summary.query;
  record.status = summary.status;
  record.failure = summary.failure && { kind: summary.failure, detail: 'It failed.' };
  record.durationUs = summary.durationUs;
  record.timeToFirstByteUs = summary.timeToFirstByteUs;
  record.request.wireBytes = summary.requestBytes;
  record.response.wireBytes = summary.responseBytes;
  record.clientProtocol = summary.clientProtocol;
  record.protocol = summary.protocol;
  record.messages = summary.messages;
  record.requestLines = headers;
  record.metering = meteringOf(summary);
  record.responseLines = summary.contentType === null ? '' : `Content-Type: ${summary.contentType}; charset=utf-8\r\n`;
  record.byAgent = summary.sources.includes('agent');
  record.process = summary.process && processKey(identityOf(summary.process));
  if (summary.package !== null || summary.callsite !== null)
    record.site = { package: summary.package, callsite: summary.callsite, frames: [] };
  record.trace = summary.traceId === null ? null : { traceId: summary.traceId, spanId: null };
  record.tags = Object.keys(summary.tags).length === 0 ? null : summary.tags;
  if (summary.decision !== null) record.decisions.push(decisionOf(['p', summary.decision, 's']));
  if (summary.remoteAddress !== null || summary.tlsVersion !== null) {
    record.attempts.push({
      startedAt: 0,
      reused: false,
      remoteAddress: summary.remoteAddress,
      remotePort: null,
      protocol: null,
      dnsUs: null,
      connectUs: null,
      tlsUs: null,
      via: null,
      failure: null,
      tls:
        summary.tlsVersion === null
          ? null
          : { version: summary.tlsVersion, cipher: '', alpn: null, serverName: null, chain: [], verdict: 'trusted' },
    });
  }
  return record;
}

function meteringOf(summary: CallSummary): Metering {
  const { endpoint, credential, throttle, model, inputTokens, outputTokens, costNanoUsd, costProvenance } = summary;
  const used = model !== null || inputTokens !== null || outputTokens !== null;
  return {
    ...UNMETERED,
    endpoint,
    credential,
    limits: throttle && { signals: [], throttle, retryAt: null },
    usage: used ? usageOf({ model, tokens: { ...NO_TOKENS, input: inputTokens, output: outputTokens } }) : null,
    cost: costProvenance && costOf({ nanoUsd: costNanoUsd, provenance: costProvenance }),
  };
}

/** What a call used, as a reader would have read it. */
export function usageOf(said: Partial<Usage>): Usage {
  return {
    reader: 'openai-chat',
    model: null,
    requestModel: null,
    tier: null,
    region: null,
    tokens: null,
    units: {},
    maxOutput: null,
    streamed: false,
    cut: false,
    provenance: 'reported',
    vendorNanoUsd: null,
    raw: null,
    problem: null,
    ...said,
  };
}

export function costOf(said: Partial<Cost>): Cost {
  return {
    nanoUsd: null,
    provenance: 'reported',
    price: null,
    priceVersion: null,
    lines: [],
    vendorNanoUsd: null,
    why: null,
    ...said,
  };
}

const headerBlocks = fc.constantFrom(
  '',
  'X-A: stripe\r\n',
  'accept: */*\r\nx-a: B\r\nx-a: /v1/charges\r\n',
  'a.b: 100%_c\r\nodd\r\n',
  'x-a: a long value that is\r\n folded and found\r\n',
);
const texts = fc.option(
  fc.constantFrom('', 'a longer text to be found by its pieces', '{"a":"K /v1/charges"}', 'GET and a*c', '100%_c É'),
  { nil: null },
);
export const samples = fc
  .uniqueArray(fc.record({ summary: callSummaries, headers: headerBlocks, bodies: fc.tuple(texts, texts) }), {
    selector: ({ summary }) => summary.id,
    minLength: 1,
    maxLength: 40,
  })
  .map((list) =>
    list.map(({ summary, headers, bodies }): Sample => ({
      record: recordOf(summary, headers),
      bodies,
      marks: { pinned: summary.pinned, note: summary.note },
      process: summary.process && identityOf(summary.process),
    })),
  );

/** Stores samples as the archive would; `twice`: paths become words; `indexed`: pages get their search filters. */
export function storeSamples(list: readonly Sample[], dataDir: string, twice: boolean, indexed: boolean): void {
  const writer = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
  const bodies: NewBody[] = [];
  for (const {
    record,
    bodies: [request, response],
  } of list) {
    for (const [side, text] of [
      ['request', request],
      ['response', response],
    ] as const) {
      if (text === null) continue;
      const bytes = Buffer.from(text);
      const { id, digest, fresh } = writer.bodyFor(bytes, false, null);
      if (fresh) bodies.push({ id, bytes, digest, redacted: false, coding: null });
      record[side].captured = id;
    }
  }
  const records = list.map(({ record }) => record);
  const batch = {
    open: records.filter((record) => !record.closed),
    closed: records.filter((record) => record.closed),
    gaps: [],
    bodies,
    messages: [],
    processes: new Map(list.flatMap(({ process }) => (process === null ? [] : [[processKey(process), process]]))),
    callHigh: 2000,
  };
  // Paths seen before become words, so the same calls are stored in two forms.
  if (twice) writer.commit({ ...batch, open: records, closed: [] }, true);
  writer.commit({ ...batch, bodies: twice ? [] : bodies, merges: SAMPLE_MERGES }, true);
  for (const { record, marks } of list)
    if (marks.pinned || marks.note !== null)
      writer.mark({ ids: [record.id], pinned: marks.pinned, note: marks.note ?? '' });
  writer.settle();
  if (indexed) while (writer.indexNext());
  writer.close();
}

/** Runs a search to its end. */
export function finish<T>(search: Generator<unknown, T>): T {
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value;
}
