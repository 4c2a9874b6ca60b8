// Rules of what a program gets: see electron/engine/capture/attach/README.md.
import { describe, expect, test } from 'vitest';
import { proxyAddress, terminalEnv, terminalVariables } from '../../../electron/engine/capture/attach/terminal-env.ts';

/** Files as names that tell what went into them. */
const files = {
  bundle: (existing: string[]) => `bundle(${existing.join()})`,
  extraCa: (existing: string | null) => `ca(${existing ?? ''})`,
  wgetrc: (existing: string | null, bundle: string) => `wgetrc(${existing ?? ''} ${bundle})`,
  keep: (name: string) => `/hooks/${name}`,
  readable: (path: string) => `readable(${path})`,
  javaStore: (bundle: string) => `java(${bundle})`,
};

function envFor(before: Record<string, string>, app = 'shop') {
  return terminalEnv({ before, app, proxy: { host: '127.0.0.1', port: 8080 }, files, platform: 'linux' });
}

const ours = 'http://shop:run@127.0.0.1:8080';

describe('the way to us', () => {
  test('both spellings carry the proxy and the app', () => {
    const env = envFor({});
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) expect(env[name]).toBe(ours);
  });

  test('a proxy that was there is replaced in every variable that would win over ours', () => {
    const corporate = 'http://proxy.corp:3128';
    const before = Object.fromEntries(
      terminalVariables.filter(({ holds }) => holds === 'proxy').map(({ name }) => [name, corporate]),
    );
    expect(Object.values({ ...before, ...envFor(before) })).not.toContain(corporate);
  });

  test('NO_PROXY is kept as it was, in both spellings, and not invented', () => {
    expect(envFor({ NO_PROXY: 'localhost,.corp' })).toMatchObject({
      NO_PROXY: 'localhost,.corp',
      no_proxy: 'localhost,.corp',
    });
    expect(envFor({ no_proxy: 'a', NO_PROXY: 'b' })).toMatchObject({ no_proxy: 'a', NO_PROXY: 'b' });
    expect(Object.keys(envFor({})).filter((name) => /no_proxy/i.test(name))).toEqual([]);
  });

  test.each([
    ['@shop/checkout', 'http://%40shop%2Fcheckout:run@127.0.0.1:8080'],
    ['my app', 'http://my%20app:run@127.0.0.1:8080'],
    // Basic credentials end the name at the first colon.
    ['a:b\nc', 'http://a-b-c:run@127.0.0.1:8080'],
  ])('app %j travels as %s', (app, address) => {
    expect(proxyAddress(app, { host: '127.0.0.1', port: 8080 })).toBe(address);
  });
});

describe('trust', () => {
  test('a variable that adds names our CA, with what it named before', () => {
    expect(envFor({})).toMatchObject({ NODE_EXTRA_CA_CERTS: 'ca()', DENO_CERT: 'ca()' });
    expect(envFor({ NODE_EXTRA_CA_CERTS: '/corp.pem' })['NODE_EXTRA_CA_CERTS']).toBe('ca(/corp.pem)');
  });

  test('variables that replace name one bundle of all that was in force', () => {
    const env = envFor({
      SSL_CERT_FILE: '/a.pem',
      CURL_CA_BUNDLE: '/a.pem',
      AWS_CA_BUNDLE: '/b.pem',
      SSL_CERT_DIR: '/c',
    });
    for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'PIP_CERT']) {
      expect(env[name]).toBe('bundle(/a.pem,/b.pem,/c)');
    }
    expect(env).not.toHaveProperty('SSL_CERT_DIR');
  });

  test('wget keeps its settings', () => {
    expect(envFor({ HOME: '/home/ada' })['WGETRC']).toBe('wgetrc(/home/ada/.wgetrc bundle())');
    expect(envFor({ HOME: '/home/ada', WGETRC: '/own' })['WGETRC']).toBe('wgetrc(/own bundle())');
  });

  test('variables of single tools are replaced only where they are set', () => {
    expect(envFor({})).not.toHaveProperty('NIX_SSL_CERT_FILE');
    expect(envFor({ NIX_SSL_CERT_FILE: '/nix.pem' })['NIX_SSL_CERT_FILE']).toBe('bundle(/nix.pem)');
  });

  test('nothing that means something else, and nothing that switches checks off', () => {
    const before = {
      GOPROXY: 'direct',
      PATH: '/bin',
      NODE_TLS_REJECT_UNAUTHORIZED: '1',
    };
    const set = Object.keys(envFor(before));
    for (const name of Object.keys(before)) expect(set).not.toContain(name);
    expect(set.filter((name) => /insecure|reject|verify/i.test(name))).toEqual([]);
  });
});

test('every variable is listed once', () => {
  const names = terminalVariables.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
