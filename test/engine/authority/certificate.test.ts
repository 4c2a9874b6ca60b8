import 'reflect-metadata';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as PeculiarCertificate,
} from '@peculiar/x509';
import { afterAll, describe, expect, it } from 'vitest';
import {
  canonicalHost,
  issuerOf,
  leafCertificate,
  leafKeyOf,
  rootCertificate,
  toPem,
} from '../../../electron/engine/authority/certificate.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const DAY = 86_400_000;
const rootKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rootDer = rootCertificate({ commonName: 'Sallyport CA (ann@desk) 00c0ffee', ...rootKeys, now: NOW });
const root = new X509Certificate(rootDer);
const issuer = issuerOf(root, rootKeys.privateKey);
const leafKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = leafKeyOf(leafKeys.publicKey);
const leafOf = (host: string, now = NOW) => leafCertificate({ host: canonicalHost(host), key, issuer, now });

const folder = mkdtempSync(join(tmpdir(), 'sallyport-certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTS = [
  'example.com',
  'EXAMPLE.com',
  'a.b.c.example.com',
  'under_score.example.com',
  'localhost',
  'trailing.dot.example.',
  'bücher.example',
  'xn--bcher-kva.example',
  '127.0.0.1',
  '::1',
  '[2001:db8::7]',
  '::ffff:192.0.2.7',
  'fe80::1%eth0',
  '*.example.com',
  `${'long-label-'.repeat(5)}.${'x'.repeat(63)}.example.com`,
  `${'a'.repeat(63)}.com`,
  `${`${'b'.repeat(49)}.`.repeat(5)}org`,
  '1.2.3',
  '-',
];

describe('the root', () => {
  it('says it may sign certificates and revocation lists, for leaves only', () => {
    const read = new PeculiarCertificate(rootDer);
    const constraints = read.getExtension(BasicConstraintsExtension);
    expect(constraints).toMatchObject({ critical: true, ca: true, pathLength: 0 });
    const usage = read.getExtension(KeyUsagesExtension);
    expect(usage).toMatchObject({ critical: true, usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign });
    expect(read.getExtension(SubjectKeyIdentifierExtension)?.keyId).toHaveLength(40);
  });

  it('is signed by itself and lives ten years from a day ago', () => {
    expect(root.checkIssued(root)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(Date.parse(root.validFrom)).toBe(NOW - DAY);
    expect(Date.parse(root.validTo) - NOW).toBe(3649 * DAY);
  });

  it('writes years from 2050 in the long form', () => {
    const late = new X509Certificate(
      rootCertificate({ commonName: 'x', ...rootKeys, now: Date.parse('2049-12-31T12:00:00Z') }),
    );
    expect(new Date(late.validFrom).getUTCFullYear()).toBe(2049);
    expect(new Date(late.validTo).getUTCFullYear()).toBe(2059);
    expect(new PeculiarCertificate(late.raw).notAfter.getUTCFullYear()).toBe(2059);
  });

  it('cuts a name that is longer than certificates allow', () => {
    const long = new PeculiarCertificate(rootCertificate({ commonName: 'n'.repeat(100), ...rootKeys, now: NOW }));
    expect(long.subjectName.getField('CN')).toEqual(['n'.repeat(64)]);
  });
});

describe('a leaf', () => {
  it.each(HOSTS)('for %s is read alike by an independent reader', (host) => {
    const read = new PeculiarCertificate(leafOf(host));
    expect(read.getExtension(BasicConstraintsExtension)).toMatchObject({ critical: true, ca: false });
    expect(read.getExtension(KeyUsagesExtension)?.usages).toBe(KeyUsageFlags.digitalSignature);
    expect(read.getExtension(ExtendedKeyUsageExtension)?.usages).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(read.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(Buffer.from(issuer.keyId).toString('hex'));
    expect(read.getExtension(SubjectAlternativeNameExtension)?.names.items).toHaveLength(1);
    expect(read.subjectName.getField('CN').every((name) => name.length <= 64)).toBe(true);
    expect(read.issuer).toBe(new PeculiarCertificate(rootDer).subject);
    expect(read.notBefore.getTime()).toBe(NOW - DAY);
    expect(read.notAfter.getTime() - read.notBefore.getTime()).toBe(197 * DAY);
    expect(Number.parseInt(read.serialNumber.slice(0, 2), 16)).toBeLessThan(0x80);
  });

  it.each(HOSTS)('for %s is good for that host and no other', (host) => {
    const leaf = new X509Certificate(leafOf(host));
    const name = canonicalHost(host);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(leafKeys.privateKey)).toBe(true);
    if (/^[\d.]+$|:/.test(name) && name !== '1.2.3') {
      expect(leaf.checkIP(name.replace(/%.*/, ''))).toBeTruthy();
      expect(leaf.checkIP('192.0.2.99')).toBeUndefined();
    } else if (!name.startsWith('*') && name !== '-') {
      expect(leaf.checkHost(name, { subject: 'never' })).toBe(name);
    }
    expect(leaf.checkHost('other.example', { subject: 'never' })).toBeUndefined();
  });

  it('has a serial number of its own', () => {
    const serials = new Set(Array.from({ length: 200 }, () => new X509Certificate(leafOf('example.com')).serialNumber));
    expect(serials.size).toBe(200);
  });
});

describe('canonicalHost', () => {
  it.each([
    ['Example.COM.', 'example.com'],
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['', 'invalid.invalid'],
    ['a b', 'invalid.invalid'],
    ['nul\0', 'invalid.invalid'],
    ['a\r\nb', 'invalid.invalid'],
    ['\u{1F4A9}\uD800', 'invalid.invalid'],
    ['1.2.3', '1.2.3'],
  ])('%j becomes %j', (host, name) => expect(canonicalHost(host)).toBe(name));
});

const openssl = spawnSync('openssl', ['version']).status === 0;
describe.skipIf(!openssl)('openssl (skipped where it is not installed)', () => {
  const verify = (...args: string[]) => {
    try {
      return execFileSync(
        'openssl',
        ['verify', '-x509_strict', '-attime', String(NOW / 1000), '-CAfile', 'root.pem', ...args],
        { cwd: folder, encoding: 'utf8', stdio: 'pipe' },
      );
    } catch (error) {
      return String((error as { stderr?: string }).stderr);
    }
  };
  writeFileSync(join(folder, 'root.pem'), toPem(rootDer));

  it('rule 8: accepts the root strictly', () => expect(verify('-check_ss_sig', 'root.pem')).toBe('root.pem: OK\n'));

  it.each(HOSTS.map((host, i) => [host, i] as const))('rule 8: accepts the leaf for %s strictly', (host, i) => {
    const name = canonicalHost(host);
    writeFileSync(join(folder, `leaf-${i}.pem`), toPem(leafOf(host)));
    const check =
      name.startsWith('*') || name === '-'
        ? []
        : /^(\d+\.){3}\d+$|:/.test(name)
          ? ['-verify_ip', name]
          : ['-verify_hostname', name];
    expect(verify('-purpose', 'sslserver', ...check, `leaf-${i}.pem`)).toBe(`leaf-${i}.pem: OK\n`);
  });

  it('refuses a leaf of another root', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const stranger = issuerOf(
      new X509Certificate(rootCertificate({ commonName: 'Sallyport CA (ann@desk) 00c0ffee', ...other, now: NOW })),
      other.privateKey,
    );
    writeFileSync(
      join(folder, 'stranger.pem'),
      toPem(leafCertificate({ host: 'example.com', key, issuer: stranger, now: NOW })),
    );
    expect(verify('stranger.pem')).toContain('error');
  });
});
