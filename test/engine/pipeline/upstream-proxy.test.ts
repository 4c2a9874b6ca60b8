import { describe, expect, it } from 'vitest';
import { readNoProxy, readUpstreamProxy } from '../../../electron/engine/pipeline/forward/upstream-proxy.ts';

describe('the chained proxy', () => {
  it('is chosen by scheme, lower case before upper, all_proxy for the rest', () => {
    const choose = readUpstreamProxy({ http_proxy: 'http://a:1', HTTP_PROXY: 'http://b:1', ALL_PROXY: 'socks5h://c' });
    expect(choose('http', 'x.test', 80)).toMatchObject({ kind: 'http', host: 'a', port: 1, label: 'http://a:1' });
    expect(choose('https', 'x.test', 443)).toMatchObject({ kind: 'socks5', host: 'c', port: 1080 });
    expect(readUpstreamProxy({})('https', 'x.test', 443)).toBeNull();
  });

  it('may be written without a scheme, and with credentials that no label shows', () => {
    const proxy = readUpstreamProxy({ https_proxy: 'me:p%40ss@proxy.corp:8080' })('https', 'x.test', 443);
    expect(proxy).toMatchObject({ kind: 'http', host: 'proxy.corp', port: 8080, label: 'http://proxy.corp:8080' });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('is never asked for loopback, which it could not reach', () => {
    const choose = readUpstreamProxy({ http_proxy: 'http://a:1' });
    for (const host of ['localhost', 'api.localhost', '127.0.0.1', '127.9.9.9', '::1'])
      expect(choose('http', host, 80)).toBeNull();
  });

  it('that is none is refused with the variable’s name and without its password', () => {
    expect(() => readUpstreamProxy({ HTTP_PROXY: 'http://me:hush@:::' })).toThrow(/^http_proxy/);
    expect(() => readUpstreamProxy({ HTTP_PROXY: 'http://me:hush@:::' })).not.toThrow(/hush/);
    expect(() => readUpstreamProxy({ HTTP_PROXY: 'ftp://x' })).toThrow(/ftp/);
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'api.example.com', true],
    ['example.com', 'badexample.com', false],
    ['.example.com', 'api.example.com', true],
    ['*.example.com', 'api.example.com', true],
    ['EXAMPLE.com', 'example.COM.', true],
    ['example.com:8080', 'example.com', false],
    ['example.com:443', 'example.com', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['fd00::/8', 'fd00::1', true],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['1.2.3.4', '1.2.3.4', true],
    ['2.3.4', '1.2.3.4', false],
    ['*', 'anything', true],
    ['a.test, b.test', 'b.test', true],
    ['', 'a.test', false],
  ])('“%s” for %s: direct %s', (list, host, direct) => {
    expect(readNoProxy(list)(host, 443)).toBe(direct);
  });
});
