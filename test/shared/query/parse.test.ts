import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIELDS } from '../../../shared/query/fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { printQuery } from '../../../shared/query/print.ts';
import type { QueryError } from '../../../shared/query/parse.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { queryTrees } from './trees.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0) * 1000;

function read(query: string): QueryTree | null {
  const reading = parseQuery(query, { now: NOW });
  if (!reading.ok) throw new Error(`${query}: ${reading.error.message}`);
  return reading.tree;
}

function refuse(query: string): QueryError & { at: string } {
  const reading = parseQuery(query, { now: NOW });
  if (reading.ok) throw new Error(`${query} was accepted: ${printQuery(reading.tree)}`);
  return { ...reading.error, at: query.slice(reading.error.start, reading.error.end) };
}

describe('what can be said', () => {
  test.each([
    ['', ''],
    ['   ', ''],
    ['stripe', 'stripe'],
    ['stripe charges', 'stripe charges'],
    ['stripe AND charges', 'stripe charges'],
    ['"two words"', '"two words"'],
    ['method:POST status:>=400', 'method:POST status:>=400'],
    ['status:5xx', 'status:>=500 status:<600'],
    ['status:200..299', 'status:>=200 status:<=299'],
    ['status:400..', 'status:>=400'],
    ['client:127.0.0.1', 'client:127.0.0.1:*'],
    ['client:::1', 'client:[::1]:*'],
    ['client:127.0.0.1:80', 'client:127.0.0.1:80'],
    ['duration:..1.5s', 'duration:<=1500ms'],
    ['host:*.stripe.com path:/v1/*', 'host:*.stripe.com path:/v1/*'],
    ['app:billing vendor:stripe source:agent', 'app:billing vendor:stripe source:agent'],
    ['failure:timeout*', 'failure:timeout*'],
    ['pid:4211 process:curl user:ada', 'pid:4211 process:curl user:ada'],
    ['package:@aws-sdk/* callsite:pay.ts:42', 'package:@aws-sdk/* callsite:pay.ts:42'],
    ['trace:4bf92f3577b34da6a3ce929d0e0e4736', 'trace:4bf92f3577b34da6a3ce929d0e0e4736'],
    ['tag:Feature=checkout*', 'tag:feature=checkout*'],
    ['tag:run', 'tag:run'],
    ['tag:run=', 'tag:run='],
    ['tag:feature="a b"', 'tag:"feature=a b"'],
    ['-tag:"cost centre"', 'not tag:"cost centre"'],
    ['duration:>500ms', 'duration:>500ms'],
    ['duration:>0.5s', 'duration:>500ms'],
    ['duration:>2m', 'duration:>2m'],
    ['duration:<250us ttfb:<250µs', 'duration:<250us ttfb:<250us'],
    ['size:>1MB', 'size:>1MB'],
    ['size:>1MiB', 'size:>1MiB'],
    ['size:>1.5kB', 'size:>1500B'],
    ['tls:<1.2', 'tls:<1.2'],
    ['tls:TLSv1.3', 'tls:1.3'],
    ['protocol:h2', 'protocol:h2'],
    ['header.X-Request-Id:abc', 'header.x-request-id:abc'],
    ['header.x-a:', 'header.x-a:'],
    ['header.x-a: stripe', 'header.x-a: stripe'],
    ['body:"card declined"', 'body:"card declined"'],
    ['body:"say \\"hi\\" \\\\ C:\\temp"', 'body:"say \\"hi\\" \\\\ C:\\\\temp"'],
    ['since:-1h', 'since:2026-11-23T11:00:00Z'],
    ['since:-1h30m', 'since:2026-11-23T10:30:00Z'],
    ['until:2026-11-23T10:00', 'until:2026-11-23T10:00:00Z'],
    ['until:2026-11-23', 'until:2026-11-23T00:00:00Z'],
    ['until:2026-11-23T10:00:01.000002+02:00', 'until:2026-11-23T08:00:01.000002Z'],
    ['not a', 'not a'],
    ['-a -host:b -(c or d)', 'not a not host:b not (c or d)'],
    ['a b or c', 'a b or c'],
    ['a (b or c)', 'a (b or c)'],
    ['(a b) c', 'a b c'],
    ['((a))', 'a'],
    ['NOT (a OR b)', 'not (a or b)'],
    ['https://api.stripe.com/v1?x=1', 'url:https://api.stripe.com/v1?x=1'],
    ['localhost:8080', 'localhost port:8080'],
    ['api.stripe.com:443/v1', 'api.stripe.com port:443 path:/v1'],
    ['HOST:a', 'host:a'],
    ['host:""', 'host:""'],
  ])('%s means %s', (query, canonical) => {
    expect(printQuery(read(query))).toBe(canonical);
  });

  test('every example in the field table is a query', () => {
    for (const field of FIELDS) expect(() => read(field.example)).not.toThrow();
  });

  test('a time without a zone is read in the zone given', () => {
    const reading = parseQuery('since:2026-07-01T10:00', { now: NOW, offsetMinutesAt: () => 120 });
    expect(reading.ok && printQuery(reading.tree)).toBe('since:2026-07-01T08:00:00Z');
  });
});

describe('what is refused says where and what instead', () => {
  test.each([
    ['stauts:500', 'stauts', 'status'],
    ['a hots:b', 'hots', 'host'],
    ['code:500', 'code', 'status'],
    ['program:curl', 'program', 'process'],
    ['headers.x:abc', 'headers.x', 'header.x'],
    ['source:agnet', 'agnet', 'agent'],
    ['failure:timeot-head', 'timeot-head', 'timeout-head'],
    ['duration:>500', '>500', '>500ms'],
    ['since:1h', '1h', '-1h'],
    ['status>=400', 'status>=400', 'status:>=400'],
    ['status:500..400', '500..400', '400..500'],
  ])('%s points at “%s” and suggests “%s”', (query, at, suggestion) => {
    expect(refuse(query)).toMatchObject({ at, suggestion });
  });

  test.each([
    ['(a', '('],
    ['a)', ')'],
    ['a or', ''],
    ['or a', 'or'],
    ['not', ''],
    ['a - b', '-'],
    ['"open', '"open'],
    ['foo"bar"', '"'],
    ['"a"b', 'b'],
    ['status:abc', 'abc'],
    ['status:!=200', '!=200'],
    ['host:', ''],
    ['host: a', ''],
    [':x', ':'],
    ['tls:1.4', '1.4'],
    ['size:>1XB', '>1XB'],
    ['since:2026-02-30', '2026-02-30'],
    ['since:yesterday', 'yesterday'],
    ['host:>a', '>a'],
    ['host:>"a"', '>'],
    ['header.x:>"a"', '>'],
    ['header.:a', 'header.'],
    ['a \u0000', '\u0000'],
    ['a \ud800', '\ud800'],
    ['*', '*'],
  ])('%s points at “%s”', (query, at) => {
    expect(refuse(query).at).toBe(at);
  });

  test('a misspelt field is named in the sentence', () => {
    expect(refuse('stauts:500').message).toBe('there is no field “stauts”; did you mean status:');
  });

  test('nesting and size have limits, not stack overflows', () => {
    expect(refuse('('.repeat(9000)).message).toMatch(/nested/);
    expect(refuse('-'.repeat(9000)).message).toMatch(/minus|nested/);
    expect(refuse('not '.repeat(2000)).message).toMatch(/nested/);
    expect(refuse('a '.repeat(300)).message).toMatch(/200 terms/);
    expect(refuse('a'.repeat(20_000)).message).toMatch(/characters/);
  });
});

test('any string is a filter or an error with a place inside it, never an exception', () => {
  const pieces = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          ' ',
          '(',
          ')',
          '"',
          '-',
          ':',
          '..',
          'and',
          'or',
          'not',
          'status:',
          'since:',
          'header.',
          '>=',
          '5xx',
          '\\',
          '*',
          'duration:',
          '1e9',
          'tls:',
          '__proto__',
          'constructor:',
        ),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pieces, (input) => {
      const reading = parseQuery(input, { now: NOW });
      if (reading.ok) return;
      const { start, end, message } = reading.error;
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(input.length);
      expect(message).not.toBe('');
    }),
    { numRuns: 3000 },
  );
});

test('what is accepted prints to a text that means the same', () => {
  fc.assert(
    fc.property(queryTrees, (tree) => {
      expect(read(printQuery(tree))).toEqual(tree);
    }),
    { numRuns: 2000 },
  );
});
