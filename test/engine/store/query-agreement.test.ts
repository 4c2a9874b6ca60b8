import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { NewBody } from '../../../electron/engine/store/bodies-writer.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { startRecord } from '../../../shared/events/fold.ts';
import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { summariseRecord } from '../../../shared/events/summarise.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { createDataDir } from '../../harness/recorder.ts';
import { callSummaries, queryTrees } from '../../shared/query/trees.ts';

interface Sample {
  record: CallRecord;
  bodies: [string | null, string | null];
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
  record.responseLines = summary.contentType === null ? '' : `Content-Type: ${summary.contentType}; charset=utf-8\r\n`;
  if (summary.decision !== null) record.decisions.push({ policy: 'p', verdict: summary.decision, sentence: 's' });
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
const samples = fc
  .uniqueArray(fc.record({ summary: callSummaries, headers: headerBlocks, bodies: fc.tuple(texts, texts) }), {
    selector: ({ summary }) => summary.id,
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => list.map(({ summary, headers, bodies }): Sample => ({ record: recordOf(summary, headers), bodies })));

function store(list: readonly Sample[], dataDir: string, twice: boolean, indexed: boolean): void {
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
    callHigh: 2000,
  };
  // Paths seen before become words, so the same calls are stored in two forms.
  if (twice) writer.commit({ ...batch, open: records, closed: [] }, true);
  writer.commit({ ...batch, bodies: twice ? [] : bodies }, true);
  writer.settle();
  if (indexed) while (writer.indexNext());
  writer.close();
}

function search(dataDir: string, trees: readonly QueryTree[]): number[][] {
  const reader = createStoreReader(dataDir);
  try {
    return trees.map((tree) => {
      const found = reader.search({ tree, limit: 1000 });
      let step = found.next();
      while (!step.done) step = found.next();
      return step.value.calls.map((call) => call.id);
    });
  } finally {
    reader.close();
  }
}

/** Texts long enough for the filters of pages to say no. */
const longTerms = fc.constantFrom<QueryTree>(
  { op: 'header', name: 'x-a', pattern: 'Value That Is Folded' },
  { op: 'header', name: 'X-A', pattern: 'a long*found' },
  { op: 'header', name: 'x-a', pattern: 'value that is not there' },
  { op: 'header', name: 'odd', pattern: '' },
  { op: 'header', name: 'nowhere', pattern: '' },
  { op: 'body', text: 'to be FOUND by its' },
  { op: 'body', text: 'longer text to be lost' },
  { op: 'not', part: { op: 'body', text: 'to be FOUND by its' } },
  { op: 'not', part: { op: 'header', name: 'x-a', pattern: 'value that is folded' } },
);

describe('a filter', () => {
  it('means the same to the store as in memory, for any calls and any filter', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.oneof({ weight: 4, arbitrary: queryTrees }, longTerms), { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        (list, trees, twice, indexed) => {
          const dataDir = createDataDir((work) => onTestFinished(work));
          store(list, dataDir, twice, indexed);
          const found = search(dataDir, trees);
          trees.forEach((tree, index) => {
            const accepts = compileFilter(tree);
            const expected = list
              .filter(({ record, bodies }) =>
                accepts(summariseRecord(record), {
                  headers: () => [...parseHeaderLines(record.requestLines), ...parseHeaderLines(record.responseLines)],
                  bodies: () => bodies,
                }),
              )
              .map(({ record }) => record.id)
              .sort((a, b) => b - a);
            expect(found[index], JSON.stringify(tree)).toEqual(expected);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
