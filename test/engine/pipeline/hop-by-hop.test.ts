import { describe, expect, it } from 'vitest';
import { readTokens } from '../../../shared/bytes/http1-head.ts';
import { endToEndFields } from '../../../electron/engine/pipeline/forward/hop-by-hop.ts';

describe('headers that are passed on', () => {
  it('are all but the hop-by-hop ones and those that Connection names, in order and case', () => {
    const fields = [
      'B',
      '1',
      'Connection',
      'X-Mine, close',
      'x-mine',
      'gone',
      'Keep-Alive',
      'timeout=5',
      'Proxy-Authorization',
      'Basic x',
      'Upgrade',
      'h2c',
      'HTTP2-Settings',
      'AAA',
      'a',
      '2',
      'b',
      '3',
    ];
    expect(endToEndFields(fields, readTokens('X-Mine, close'))).toEqual(['B', '1', 'a', '2', 'b', '3']);
  });

  it('cannot be removed by a Connection header when the message would mean something else without them', () => {
    const fields = ['Host', 'x', 'Content-Length', '3', 'Authorization', 'Bearer x', 'Cookie', 'a=1'];
    expect(endToEndFields(fields, ['host', 'content-length', 'authorization', 'cookie'])).toEqual(fields);
  });

  it('include TE: trailers, since trailers are passed on, and no other TE', () => {
    expect(endToEndFields(['TE', 'trailers'], ['te'])).toEqual(['TE', 'trailers', 'Connection', 'TE']);
    expect(endToEndFields(['TE', 'gzip'], ['te'])).toEqual([]);
  });
});
