import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent, Identified } from '../../../shared/events/call-event.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { attachBody, fold, interrupt, toCall } from '../../../shared/events/fold.ts';
import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { summarise, summariseRecord } from '../../../shared/events/summarise.ts';
import type { Call } from '../../../shared/model/call.ts';
import { anyFacts, anyIdentified } from './call-facts.ts';

const foldAll = (events: readonly CallEvent[]): CallRecord | null => events.reduce<CallRecord | null>(fold, null);

const OF_CALLER = new Set('app sources process processUnknown package callsite frames traceId spanId tags'.split(' '));

/** A call without who made it. */
function whatHappened(call: Call): object {
  return Object.fromEntries(Object.entries(call).filter(([name]) => !OF_CALLER.has(name)));
}

const opened: CallEvent = {
  type: 'opened',
  call: 7,
  startedAt: 1_000_000,
  kind: 'http',
  source: 'proxy',
  app: 'billing',
  clientAddress: '127.0.0.1',
  method: 'POST',
  scheme: 'https',
  host: 'api.example.com',
  port: 443,
  target: '/v1/charges?expand=a?b',
  protocol: 'http/1.1',
  headers: 'Host: api.example.com\r\n',
  process: null,
  tags: null,
};
const answered: CallEvent = {
  type: 'answered',
  call: 7,
  at: 900,
  status: 201,
  reason: 'Created',
  protocol: 'h2',
  headers: 'Content-Type: Application/JSON; charset=x\r\n',
};
const closed: CallEvent = {
  type: 'closed',
  call: 7,
  at: 1500,
  failure: null,
  requestBytes: 3,
  responseBytes: 10,
  trailers: '',
};

describe('fold', () => {
  it('builds the record of an ordinary call', () => {
    const record = foldAll([
      opened,
      { type: 'request-data', call: 7, at: 10, data: new Uint8Array(3) },
      { type: 'request-ended', call: 7, at: 11, bytes: 3, trailers: '' },
      answered,
      { type: 'response-data', call: 7, at: 1000, data: new Uint8Array(10) },
      closed,
    ])!;
    const call = toCall(record);
    expect(call).toMatchObject({
      state: 'closed',
      path: '/v1/charges',
      query: '?expand=a?b',
      status: 201,
      timeToFirstByteUs: 900,
      durationUs: 1500,
      protocol: 'h2',
      requestBody: { wireBytes: 3, capturedBytes: 3, truncated: null },
      responseBody: { wireBytes: 10, capturedBytes: 10, truncated: null },
    });
    expect(summarise(call).contentType).toBe('application/json');
  });

  it('stays valid whatever facts are lost, doubled or out of order', () => {
    fc.assert(
      fc.property(anyFacts, (events) => {
        const record = foldAll(events);
        if (record === null) return;
        const call = toCall(record);
        const times = [
          call.durationUs,
          call.timeToFirstByteUs,
          ...call.attempts.flatMap((a) => [a.startedAt, a.dnsUs, a.connectUs, a.tlsUs]),
        ];
        for (const time of times) expect(time ?? 0).toBeGreaterThanOrEqual(0);
        expect(call.state === 'closed').toBe(events.some((event) => event.type === 'closed'));
        expect(call.durationUs === null).toBe(call.state === 'open');
        if (call.durationUs !== null) expect(call.durationUs).toBeGreaterThanOrEqual(call.timeToFirstByteUs ?? 0);
        for (const body of [call.requestBody, call.responseBody]) {
          expect(body.capturedBytes).toBeLessThanOrEqual(body.wireBytes);
          if (call.state === 'closed' && body.capturedBytes < body.wireBytes) expect(body.truncated).not.toBeNull();
        }
        const answers = events.filter((event) => event.type === 'answered');
        if (call.status !== null) expect(answers.some((event) => event.status === call.status)).toBe(true);
        expect(summariseRecord(record)).toEqual(summarise(call));
      }),
    );
  });

  it('closes a call once: no later fact changes what happened, and who made it may be learnt late', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (before, after) => {
        const record = foldAll([...before, closed])!;
        const kept = JSON.stringify(whatHappened(toCall(record)));
        for (const event of after) fold(record, event);
        expect(JSON.stringify(whatHappened(toCall(record)))).toBe(kept);
      }),
    );
  });

  it('knows as much of the caller whether that was said before the end or after it', () => {
    fc.assert(
      fc.property(fc.array(anyIdentified(7), { minLength: 1, maxLength: 5 }), (said) => {
        const early = toCall(foldAll([opened, ...said, closed])!);
        const late = toCall(foldAll([opened, closed, ...said])!);
        expect(late).toEqual(early);
      }),
    );
  });

  it('takes nothing away that somebody knew, and lets the program name itself', () => {
    const said: Identified = {
      type: 'identified',
      call: 7,
      by: 'agent',
      app: 'checkout',
      process: '7@1',
      unknown: null,
      site: { package: 'stripe', callsite: '/srv/pay.ts:4', frames: [] },
      trace: { traceId: 'a'.repeat(32), spanId: null },
      tags: { feature: 'pay' },
    };
    const nothing: Identified = {
      ...said,
      app: null,
      process: null,
      unknown: 'gone',
      site: null,
      trace: null,
      tags: null,
    };
    const record = foldAll([{ ...opened, tags: { run: 'r1' } }, said, { ...nothing, by: 'socket' }, closed])!;
    const node = {
      pid: 7,
      startedAt: 1,
      name: 'node',
      executable: null,
      command: null,
      folder: null,
      user: null,
      container: null,
      parents: [],
      project: null,
    };
    expect(toCall(record, undefined, node)).toMatchObject({
      app: 'checkout',
      sources: ['proxy', 'agent'],
      process: node,
      processUnknown: null,
      package: 'stripe',
      callsite: '/srv/pay.ts:4',
      traceId: 'a'.repeat(32),
      tags: { run: 'r1', feature: 'pay' },
    });
    // The socket's word on the app counts only where nobody gave one.
    expect(foldAll([opened, { ...nothing, by: 'socket', app: 'node' }])!.app).toBe('billing');
    expect(
      foldAll([
        { ...opened, app: null },
        { ...nothing, by: 'socket', app: 'node' },
      ])!.app,
    ).toBe('node');
  });

  it('keeps the first final answer, which is the one the caller saw', () => {
    const record = foldAll([opened, answered, { ...answered, status: 500 }, closed])!;
    expect(toCall(record).status).toBe(201);
  });

  it('says that a body was cut when the call failed in the middle of it', () => {
    const record = foldAll([
      opened,
      answered,
      { type: 'response-data', call: 7, at: 1000, data: new Uint8Array(4) },
      { ...closed, failure: { kind: 'reset', detail: 'ECONNRESET' }, responseBytes: 4 },
    ])!;
    expect(toCall(record).responseBody.truncated).toBe('cut');
  });

  it('tells shed bytes from bytes over the limit', () => {
    const facts: CallEvent[] = [
      opened,
      answered,
      { type: 'response-data', call: 7, at: 1000, data: new Uint8Array(4) },
    ];
    expect(toCall(foldAll([...facts, closed])!).responseBody.truncated).toBe('limit');
    expect(toCall(foldAll([...facts, { type: 'body-shed', call: 7 }, closed])!).responseBody.truncated).toBe('shed');
  });

  it('an interrupted call is closed with its failure and nothing guessed', () => {
    const call = toCall(interrupt(foldAll([opened, { type: 'upgraded', call: 7, at: 44 }])!, 'The engine ended.'));
    expect(call).toMatchObject({
      state: 'closed',
      status: null,
      kind: 'websocket',
      scheme: 'wss',
      durationUs: 44,
      failure: { kind: 'interrupted' },
    });
  });

  it('takes what the archive stored, never more than was on the wire', () => {
    const record = foldAll([opened, answered, closed])!;
    attachBody(record, 'response', { captured: 5, capturedBytes: 99, decodedBytes: 400 });
    expect(toCall(record).responseBody).toEqual({
      wireBytes: 10,
      decodedBytes: 400,
      captured: 5,
      capturedBytes: 10,
      truncated: 'limit',
    });
  });
});

describe('header lines', () => {
  it('keep case, order, duplicates and odd bytes', () => {
    expect(parseHeaderLines('A: 1\r\nb:2\r\nA:\t\xe9\xa0 \r\n folded\r\nodd\r\n')).toEqual([
      ['A', '1'],
      ['b', '2'],
      ['A', '\xe9\xa0 folded'],
      ['odd', ''],
    ]);
  });
});
