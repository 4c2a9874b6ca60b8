import { describe, expect, it } from 'vitest';
import { readRange } from '../../renderer/data/time-range.ts';
import {
  boundsOf,
  callsOf,
  changeOf,
  changeText,
  ERRORS,
  isComparable,
  readSpan,
  SPAN_NAMES,
  spanReaching,
  usualSpan,
} from '../../renderer/views/overview/span.ts';
import { parseQuery } from '../../shared/query/parse.ts';

const minute = 60_000_000;
const now = 1_795_000_000_000_000;

describe('the span of the overview', () => {
  it('is what the address says, and the usual one when the address makes no sense', () => {
    expect(readSpan({ span: '7d' }, '24h')).toEqual({ name: '7d' });
    expect(readSpan({ since: '5', until: '9' }, '24h')).toEqual({ since: 5, until: 9 });
    for (const params of [{ span: '3y' }, { since: '9', until: '5' }, { since: 'x', until: '5' }, {}])
      expect(readSpan(params, '1h')).toEqual({ name: '1h' });
    expect(boundsOf({ name: '15m' }, now)).toEqual({ since: now - 15 * minute, until: now });
  });

  it('is short while recording is young, so that first calls are seen', () => {
    expect(usualSpan(null, now)).toBe('15m');
    expect(usualSpan(now - minute, now)).toBe('15m');
    expect(usualSpan(now - 40 * minute, now)).toBe('1h');
    expect(usualSpan(now - 90 * minute, now)).toBe('24h');
    expect(spanReaching(now - 20 * minute, now)).toBe('1h');
    expect(spanReaching(now - 90 * 1440 * minute, now)).toBe(null);
  });

  it('leads to its calls by a filter that can be read back', () => {
    const host = { op: 'text' as const, field: 'host' as const, pattern: 'api.example.com' };
    expect(callsOf({ name: '1h' })).toEqual({ range: '1h' });
    expect(callsOf({ name: '1h' }, { op: 'and', parts: [host, ERRORS] })).toEqual({
      filter: 'host:api.example.com (status:>=400 or failure:*)',
      range: '1h',
    });
    const errors = callsOf({ since: now, until: now + minute }, ERRORS);
    expect(readRange(errors['range'] ?? '')).toEqual({ kind: 'between', since: now, until: now + minute });
    const read = parseQuery(errors['filter'] ?? '', { now });
    expect(read.ok && read.tree).toEqual(ERRORS);
    for (const name of SPAN_NAMES) expect(readRange(callsOf({ name })['range'] ?? '')).toMatchObject({ kind: 'last' });
  });
});

describe('a change against the span before', () => {
  it('is said in words people read, and not at all without a span before', () => {
    expect(changeOf(5, 0)).toBe(null);
    expect(changeOf(null, 4)).toBe(null);
    expect([0.123, -0.5, 0.001, 13].map(changeText)).toEqual(['+12 %', '−50 %', null, '×14']);
  });

  it('is not claimed when recording began in that span', () => {
    const span = { since: now - 60 * minute, until: now };
    expect(isComparable(span, now - 61 * minute)).toBe(false);
    expect(isComparable(span, now - 120 * minute)).toBe(true);
  });
});
