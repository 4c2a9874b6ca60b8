import { describe, expect, it } from 'vitest';
import { readRequestHead } from '../../../../shared/bytes/http1-head.ts';
import { claimIn } from '../../../../electron/engine/capture/proxy/claim.ts';
import { readTarget } from '../../../../electron/engine/capture/proxy/target.ts';
import type { Leg } from '../../../../electron/engine/capture/proxy/surroundings.ts';

const open: Leg = {
  app: null,
  tags: null,
  gate: 'here',
  pass: null,
  connection: null,
  clientAddress: null,
  fixed: null,
  bottom: null as never,
};
const inside: Leg = { ...open, fixed: { scheme: 'https', host: 'tunnel.test', port: 443 } };

function target(line: string, host: string, leg: Leg): ReturnType<typeof readTarget> {
  const head = readRequestHead(`${line} HTTP/1.1\r\nHost: ${host}`);
  if ('fault' in head) throw new Error(head.fault);
  return readTarget(head, leg);
}

describe('outside a tunnel', () => {
  it.each([
    ['GET http://Example.test/a?b', 'example.test', { scheme: 'http', host: 'example.test', port: 80, target: '/a?b' }],
    ['GET http://example.test:80', 'EXAMPLE.test', { port: 80, target: '/' }],
    ['GET http://example.test?q', 'example.test:80', { target: '/?q' }],
    ['GET https://example.test/', 'example.test', { scheme: 'https', port: 443 }],
    ['GET https://example.test:8443/', 'example.test:8443', { port: 8443, authority: 'example.test:8443' }],
    ['GET http://[::1]:81/x', '[::1]:81', { host: '::1', port: 81, authority: '[::1]:81' }],
    ['OPTIONS http://example.test', 'example.test', { target: '*' }],
    ['GET ws://example.test/socket', 'example.test', { scheme: 'http' }],
  ])('%s goes where it says', (line, host, expected) => {
    expect(target(line, host, open)).toMatchObject(expected);
  });

  it.each([
    ['GET http://example.test/', 'other.test'],
    ['GET http://example.test:81/', 'example.test'],
    ['GET http://user@example.test/', 'example.test'],
    ['GET http:///x', 'x'],
    ['GET http://example.test:0/', 'example.test'],
    ['GET http://example.test:65536/', 'example.test'],
    ['GET *', 'x'],
    ['GET example.test:80', 'example.test'],
  ])('%s with Host %s is malformed', (line, host) => {
    expect(target(line, host, open)).toMatchObject({ kind: 'malformed-request' });
  });

  it.each(['GET ftp://example.test/', 'GET file:///etc/passwd', 'GET /'])('%s is not ours to forward', (line) => {
    expect(target(line, 'example.test', open)).toMatchObject({ kind: 'unsupported' });
  });
});

describe('inside a tunnel', () => {
  it('its authority decides, not the Host header', () => {
    expect(target('GET /x', 'other.test', inside)).toMatchObject({
      scheme: 'https',
      host: 'tunnel.test',
      port: 443,
      target: '/x',
    });
    expect(target('GET https://tunnel.test/x', 'tunnel.test', inside)).toMatchObject({
      host: 'tunnel.test',
      target: '/x',
    });
    expect(target('GET https://other.test/x', 'other.test', inside)).toMatchObject({ kind: 'malformed-request' });
  });
});

describe('the app’s name', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  it('is the user of Basic proxy credentials, and nothing else', () => {
    expect(claimIn(basic('my app:run')).app).toBe('my app');
    expect(claimIn(basic('café')).app).toBe('café');
    expect(claimIn(basic(':run')).app).toBeNull();
    expect(claimIn('Bearer abc').app).toBeNull();
  });
});
