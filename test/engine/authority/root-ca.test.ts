import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority, rotateAuthority, type Authority } from '../../../electron/engine/authority/root-ca.ts';

const DAY = 86_400_000;
let home: string;
let dataDir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-authority-'));
  dataDir = join(home, 'data');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const keyPath = () => join(dataDir, 'ca-key.pem');
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the pair on disk', () => {
  it.skipIf(process.platform === 'win32')('rule 1: the key is 0600 in a folder of 0700', () => {
    openAuthority({ dataDir });
    expect(modeOf(keyPath())).toBe(0o600);
    expect(modeOf(dataDir)).toBe(0o700);
  });

  it.skipIf(process.platform === 'win32')('rule 1: a key that was opened to others is closed again', () => {
    openAuthority({ dataDir });
    chmodSync(keyPath(), 0o644);
    openAuthority({ dataDir });
    expect(modeOf(keyPath())).toBe(0o600);
  });

  it('is the same at the next start, and leaves nothing temporary behind', () => {
    const first = openAuthority({ dataDir });
    const second = openAuthority({ dataDir });
    expect(second.caFingerprint).toBe(first.caFingerprint);
    expect(readFileSync(first.caPath, 'utf8')).toBe(first.caPem);
    expect(readdirSync(dataDir).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  it('is another one in another folder', () => {
    const here = openAuthority({ dataDir });
    const there = openAuthority({ dataDir: join(home, 'there') });
    expect(there.spkiSha256Base64).not.toBe(here.spkiSha256Base64);
    expect(there.caName).not.toBe(here.caName);
    expect(here.caName).toMatch(/^Sallyport CA \(.+@.+\) [0-9a-f]{8}$/);
  });

  it('rule 2: several starts at once end with one CA', async () => {
    const program = `import { openAuthority } from ${JSON.stringify(new URL('../../../electron/engine/authority/root-ca.ts', import.meta.url).href)};
      process.stdin.once('data', () => { console.log(openAuthority({ dataDir: ${JSON.stringify(dataDir)} }).caFingerprint); process.exit(0); });
      console.log('ready');`;
    const starts = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const outputs = starts.map(() => '');
    starts.forEach((start, i) =>
      start.stdout.setEncoding('utf8').on('data', (text: string) => {
        outputs[i] += text;
      }),
    );
    await Promise.all(starts.map((start) => once(start.stdout, 'data')));
    for (const start of starts) start.stdin.write('go\n');
    await Promise.all(starts.map((start) => once(start, 'close')));
    const prints = outputs.map((text) => text.trim().split('\n')[1]);
    expect(new Set(prints).size).toBe(1);
    expect(prints[0]).toBe(openAuthority({ dataDir }).caFingerprint);
    expect(readdirSync(dataDir).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  it('rule 2: a crash between key and certificate is mended at the next start', () => {
    const print = openAuthority({ dataDir }).caFingerprint;
    rmSync(join(dataDir, 'ca.pem'));
    expect(openAuthority({ dataDir }).caFingerprint).toBe(print);
    expect(readdirSync(dataDir)).toContain('ca.pem');
  });

  const spoil: [string, () => void, RegExp][] = [
    [
      'a certificate of another key',
      () => {
        openAuthority({ dataDir: join(home, 'other') });
        copyFileSync(join(home, 'other', 'ca.pem'), join(dataDir, 'ca.pem'));
      },
      /do not belong together/,
    ],
    ['a key of garbage', () => writeFileSync(keyPath(), 'garbage'), /ca-key\.pem does not hold a private key/],
    [
      'a certificate of garbage',
      () => writeFileSync(join(dataDir, 'ca.pem'), ''),
      /ca\.pem does not hold a certificate/,
    ],
    ['a missing key', () => rmSync(keyPath()), /its key .*ca-key\.pem is not/],
    [
      'a leaf in place of the root',
      () => {
        const leaf = openAuthority({ dataDir }).leafFor('example.com');
        writeFileSync(keyPath(), leaf.key);
        writeFileSync(join(dataDir, 'ca.pem'), leaf.cert);
      },
      /not a certificate authority/,
    ],
    [
      'a folder in place of the key',
      () => {
        rmSync(keyPath());
        mkdirSync(keyPath());
      },
      /cannot be read \(EISDIR\)/,
    ],
  ];
  it.each(spoil)('rule 3: %s is refused with a remedy, and left as it is', (_what, spoilIt, message) => {
    openAuthority({ dataDir });
    spoilIt();
    const before = readdirSync(dataDir);
    expect(() => openAuthority({ dataDir })).toThrow(message);
    expect(() => openAuthority({ dataDir })).toThrow(/sallyport ca rotate|Make it readable/);
    expect(readdirSync(dataDir)).toEqual(before);
  });

  it('rotating is the way out of an unusable pair', () => {
    openAuthority({ dataDir });
    writeFileSync(keyPath(), 'garbage');
    const path = rotateAuthority({ dataDir });
    expect(openAuthority({ dataDir }).caPem).toBe(readFileSync(path, 'utf8'));
  });

  it('rule 4: near its end it is renewed with the same key and name, and that is told', () => {
    const told: string[] = [];
    const start = Date.now();
    const first = openAuthority({ dataDir, now: () => start, log: (line) => told.push(line) });
    const old = first.leafFor('example.com');
    expect(told).toEqual([]);
    const later = start + 3600 * DAY;
    const renewed = openAuthority({ dataDir, now: () => later, log: (line) => told.push(line) });
    expect(told).toEqual([
      expect.stringMatching(/^The local CA's certificate ends on \d{4}-\d\d-\d\d, so it was renewed/),
    ]);
    expect(renewed.caFingerprint).not.toBe(first.caFingerprint);
    expect(renewed.spkiSha256Base64).toBe(first.spkiSha256Base64);
    expect(renewed.caName).toBe(first.caName);
    expect(renewed.caNotAfter).toBeGreaterThan(later + 3000 * DAY);
    // What trusts the old certificate accepts new leaves, and the other way round.
    const both = [new X509Certificate(first.caPem), new X509Certificate(renewed.caPem)];
    for (const leaf of [old, renewed.leafFor('example.com')]) {
      for (const root of both) expect(new X509Certificate(leaf.cert).checkIssued(root)).toBe(true);
    }
    expect(openAuthority({ dataDir, now: () => later, log: (line) => told.push(line) }).caFingerprint).toBe(
      renewed.caFingerprint,
    );
    expect(told).toHaveLength(1);
  });

  it('rotating makes a new key at once and for the next start', () => {
    const authority = openAuthority({ dataDir });
    const before = authority.spkiSha256Base64;
    const leafBefore = authority.leafFor('example.com');
    authority.rotate();
    expect(authority.spkiSha256Base64).not.toBe(before);
    expect(authority.leafFor('example.com')).not.toBe(leafBefore);
    expect(
      new X509Certificate(authority.leafFor('example.com').cert).checkIssued(new X509Certificate(authority.caPem)),
    ).toBe(true);
    expect(openAuthority({ dataDir }).caFingerprint).toBe(authority.caFingerprint);
  });
});

describe('leaves', () => {
  it('are kept by host, however it is written', () => {
    const authority = openAuthority({ dataDir });
    expect(authority.leafFor('Example.com.')).toBe(authority.leafFor('example.COM'));
    expect(authority.leafFor('[::1]')).toBe(authority.leafFor('::1'));
  });

  it('are forgotten when there are too many, the longest unused first', () => {
    const authority = openAuthority({ dataDir, leafLimit: 2 });
    const [a, b] = [authority.leafFor('a.example'), authority.leafFor('b.example')];
    expect(authority.leafFor('a.example')).toBe(a);
    authority.leafFor('c.example');
    expect(authority.leafFor('a.example')).toBe(a);
    expect(authority.leafFor('b.example')).not.toBe(b);
  });

  it('rule 5: are minted anew before they end, and after the clock was set back', () => {
    let now = Date.now();
    const authority = openAuthority({ dataDir, now: () => now });
    const first = authority.leafFor('example.com');
    now += 180 * DAY;
    expect(authority.leafFor('example.com')).toBe(first);
    now += 10 * DAY;
    const second = authority.leafFor('example.com');
    expect(Date.parse(new X509Certificate(second.cert).validTo)).toBeGreaterThan(now + 190 * DAY);
    now -= 20 * DAY;
    const third = authority.leafFor('example.com');
    expect(Date.parse(new X509Certificate(third.cert).validFrom)).toBeLessThan(now);
  });

  it('rule 6: even for hosts that cannot be named', () => {
    const authority = openAuthority({ dataDir });
    for (const host of ['', ' ', '\0', 'a\r\nHost: b', '\uD800', 'x'.repeat(70_000)])
      expect(authority.leafFor(host).cert).toContain('BEGIN');
  });
});

describe('a handshake', () => {
  const servers: tls.Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(authority: Authority, host: string): Promise<number> {
    const server = tls.createServer(
      { SNICallback: (name, done) => done(null, authority.leafFor(name).secureContext) },
      (socket) => {
        socket.on('error', () => {});
        socket.end('hello');
      },
    );
    server.setSecureContext(authority.leafFor(host));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function connect(port: number, options: tls.ConnectionOptions): Promise<string> {
    const socket = tls.connect({ port, host: '127.0.0.1', ...options });
    try {
      await once(socket, 'secureConnect');
      return `${socket.getProtocol()} ${socket.authorized}`;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      socket.destroy();
    }
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'over %s is accepted by a client that trusts the CA, by name and by address',
    async (version) => {
      const authority = openAuthority({ dataDir });
      const trust = { ca: authority.caPem, minVersion: version, maxVersion: version };
      expect(
        await connect(await serve(authority, 'unnamed.example'), { ...trust, servername: 'api.example.com' }),
      ).toBe(`${version} true`);
      expect(await connect(await serve(authority, '127.0.0.1'), trust)).toBe(`${version} true`);
      expect(await connect(await serve(authority, 'unnamed.example'), trust)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    },
  );

  it('is refused by a client that does not', async () => {
    const authority = openAuthority({ dataDir });
    const port = await serve(authority, 'example.com');
    expect(await connect(port, { servername: 'example.com' })).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  });
});

describe('the bundle', () => {
  it('rule 7: holds what was there, the bundled roots and ours, each once', () => {
    const authority = openAuthority({ dataDir });
    const corporate = openAuthority({ dataDir: join(home, 'corporate') });
    const set = join(home, 'corporate.pem');
    writeFileSync(set, `# a comment\r\n${corporate.caPem.replaceAll('\n', '\r\n')}${corporate.caPem}`);
    const path = authority.writeBundle([set]);
    const prints = readFileSync(path, 'utf8')
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem).fingerprint256);
    expect(new Set(prints).size).toBe(prints.length);
    for (const pem of [authority.caPem, corporate.caPem, ...tls.rootCertificates])
      expect(prints).toContain(new X509Certificate(pem).fingerprint256);
  });

  it('has the plain name when nothing else was there, and another one per setting', () => {
    const authority = openAuthority({ dataDir });
    const corporate = openAuthority({ dataDir: join(home, 'corporate') });
    const plain = authority.writeBundle([]);
    expect(plain).toBe(join(dataDir, 'ca-bundle.pem'));
    const special = authority.writeBundle([corporate.caPath]);
    expect(special).not.toBe(plain);
    expect(authority.writeBundle([corporate.caPath])).toBe(special);
    expect(readFileSync(plain, 'utf8')).not.toContain(corporate.caPem);
  });

  it('reads a folder of certificates, and tells what it cannot read', () => {
    const told: string[] = [];
    const authority = openAuthority({ dataDir, log: (line) => told.push(line) });
    const certificates = join(home, 'certs');
    mkdirSync(join(certificates, 'sub'), { recursive: true });
    const corporate = openAuthority({ dataDir: join(home, 'corporate') });
    writeFileSync(join(certificates, 'corporate.crt'), corporate.caPem);
    expect(readFileSync(authority.writeBundle([certificates]), 'utf8')).toContain(corporate.caPem);
    expect(told).toEqual([]);
    authority.writeBundle([join(home, 'nowhere.pem')]);
    expect(told).toEqual([expect.stringContaining('nowhere.pem was set as a certificate bundle but cannot be read')]);
  });

  it('is understood by openssl', (context) => {
    const authority = openAuthority({ dataDir });
    const bundle = authority.writeBundle([]);
    const leaf = join(home, 'leaf.pem');
    writeFileSync(leaf, authority.leafFor('example.com').cert);
    try {
      execFileSync('openssl', ['version']);
    } catch {
      return context.skip('openssl is not installed');
    }
    expect(execFileSync('openssl', ['verify', '-CAfile', bundle, leaf], { encoding: 'utf8' })).toBe(`${leaf}: OK\n`);
  });
});
