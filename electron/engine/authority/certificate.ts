import type { X509Certificate } from 'node:crypto';
import { createHash, randomFillSync, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import {
  bitString,
  elements,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  utf8String,
  yes,
} from './der.ts';
import { readIpAddress } from '../../../shared/bytes/ip-address.ts';

/**
 * X.509 v3 certificates (RFC 5280), P-256 with SHA-256: the local root and the leaves it vouches for.
 * Everything here is a function of its arguments, apart from serial numbers, which are random.
 */

const DAY = 86_400_000;
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const VERSION_3 = explicit(0, integer(Uint8Array.of(2)));

/** RFC 5280 upper bound of a common name, in characters. */
const COMMON_NAME_LIMIT = 64;

/** Leaves live 197 days all told: under the 200 days from which browsers refuse them. */
export const LEAF_DAYS = 197;
/** Backdating, for clients whose clock is behind ours. */
export const BACKDATED_DAYS = 1;
export const ROOT_DAYS = 3650;

export interface Issuer {
  /** The issuer's subject, DER. */
  name: Uint8Array;
  /** The issuer's subject key identifier. */
  keyId: Uint8Array;
  privateKey: KeyObject;
}

/** A self-signed root. `now` in ms since the epoch. Returns DER. */
export function rootCertificate(options: {
  commonName: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  now: number;
}): Buffer {
  const spki = spkiOf(options.publicKey);
  const keyId = keyIdOf(spki);
  const name = nameOf([
    [ORGANISATION, 'Sallyport'],
    [COMMON_NAME, clip(options.commonName)],
  ]);
  return certificate({
    issuer: { name, keyId, privateKey: options.privateKey },
    subject: name,
    spki,
    notBefore: options.now - BACKDATED_DAYS * DAY,
    notAfter: options.now + (ROOT_DAYS - BACKDATED_DAYS) * DAY,
    extensions: [
      extension(BASIC_CONSTRAINTS, true, sequence(yes, integer(Uint8Array.of(0)))),
      extension(KEY_USAGE, true, bitString(Uint8Array.of(0b0000_0110), 1)), // keyCertSign, cRLSign
      extension(SUBJECT_KEY_ID, false, octetString(keyId)),
    ],
  });
}

export interface LeafKey {
  spki: Buffer;
  keyId: Buffer;
}

export function leafKeyOf(publicKey: KeyObject): LeafKey {
  const spki = spkiOf(publicKey);
  return { spki, keyId: keyIdOf(spki) };
}

/**
 * A server certificate for one host name or address. `host` should be a canonical host (see
 * `canonicalHost`). The name is always in the subject alternative names; in the common name only
 * when it fits there. Returns DER.
 */
export function leafCertificate(options: { host: string; key: LeafKey; issuer: Issuer; now: number }): Buffer {
  const { host, key, issuer } = options;
  const address = readIpAddress(host);
  const alternative = address ? implicit(7, address) : implicit(2, Buffer.from(host, 'latin1'));
  return certificate({
    issuer,
    subject: nameOf([host.length <= COMMON_NAME_LIMIT ? [COMMON_NAME, host] : [ORGANISATION, 'Sallyport']]),
    spki: key.spki,
    notBefore: options.now - BACKDATED_DAYS * DAY,
    notAfter: options.now + (LEAF_DAYS - BACKDATED_DAYS) * DAY,
    extensions: [
      LEAF_CONSTRAINTS,
      LEAF_USAGE,
      SERVER_AUTH,
      extension(SUBJECT_KEY_ID, false, octetString(key.keyId)),
      extension(AUTHORITY_KEY_ID, false, sequence(implicit(0, issuer.keyId))),
      extension(ALTERNATIVE_NAMES, false, sequence(alternative)),
    ],
  });
}

/** What a leaf for an unspeakable host says; no client will accept it for anything. */
const NO_SUCH_HOST = 'invalid.invalid';

/**
 * A host as certificates name it: lower case, punycode, no trailing dot, no brackets, no zone.
 * Total: what no certificate can name (spaces, controls, lost IDNs) becomes `invalid.invalid`, so
 * that the client refuses the certificate and nothing of ours breaks.
 */
export function canonicalHost(host: string): string {
  let name = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const zone = name.indexOf('%');
  if (zone > 0 && isIP(name) === 6) name = name.slice(0, zone);
  // Only names beyond ASCII go through IDNA: it would also rewrite `1.2.3` or `0x7f.1`.
  if (!/^[\x00-\x7f]*$/.test(name)) name = domainToASCII(name);
  if (name.endsWith('.')) name = name.slice(0, -1);
  return /^[\x21-\x7e]+$/.test(name) ? name.toLowerCase() : NO_SUCH_HOST;
}

/** What is needed of a root certificate to issue under it. Throws when it is no usable CA. */
export function issuerOf(root: X509Certificate, privateKey: KeyObject): Issuer {
  const tbs = elements(elements(root.raw)[0]?.value ?? root.raw)[0];
  const fields = elements(tbs?.value ?? root.raw);
  // version [0], serial, signature, issuer, validity, subject, spki, … extensions [3]
  const subject = fields[5];
  if (fields[0]?.tag !== 0xa0 || !subject) throw new RangeError('not an X.509 v3 certificate');
  const extensions = fields.find((field) => field.tag === 0xa3);
  let keyId: Uint8Array = keyIdOf(spkiOf(root.publicKey));
  for (const one of extensions ? elements(elements(extensions.value)[0]?.value ?? extensions.value) : []) {
    const parts = elements(one.value);
    const value = parts[parts.length - 1];
    if (value && SUBJECT_KEY_ID.equals(parts[0]?.whole ?? SUBJECT_KEY_ID.subarray(1))) {
      keyId = elements(value.value)[0]?.value ?? keyId;
    }
  }
  return { name: subject.whole, keyId, privateKey };
}

/** DER to PEM, newline at the end, so that certificates can be put one after another. */
export function toPem(der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  let lines = '';
  for (let at = 0; at < base64.length; at += 64) lines += base64.slice(at, at + 64) + '\n';
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

const COMMON_NAME = oid('2.5.4.3');
const ORGANISATION = oid('2.5.4.10');
const SUBJECT_KEY_ID = oid('2.5.29.14');
const KEY_USAGE = oid('2.5.29.15');
const ALTERNATIVE_NAMES = oid('2.5.29.17');
const BASIC_CONSTRAINTS = oid('2.5.29.19');
const AUTHORITY_KEY_ID = oid('2.5.29.35');
const EXTENDED_KEY_USAGE = oid('2.5.29.37');

const LEAF_CONSTRAINTS = extension(BASIC_CONSTRAINTS, true, sequence());
const LEAF_USAGE = extension(KEY_USAGE, true, bitString(Uint8Array.of(0x80), 7)); // digitalSignature
const SERVER_AUTH = extension(EXTENDED_KEY_USAGE, false, sequence(oid('1.3.6.1.5.5.7.3.1')));

function certificate(fields: {
  issuer: Issuer;
  subject: Uint8Array;
  spki: Uint8Array;
  notBefore: number;
  notAfter: number;
  extensions: Uint8Array[];
}): Buffer {
  const tbs = sequence(
    VERSION_3,
    integer(serialNumber()),
    ECDSA_SHA256,
    fields.issuer.name,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    fields.spki,
    explicit(3, sequence(...fields.extensions)),
  );
  return sequence(tbs, ECDSA_SHA256, bitString(sign('sha256', tbs, fields.issuer.privateKey)));
}

/** 16 random bytes: positive (top bit clear) and never shorter (next bit set). */
function serialNumber(): Buffer {
  const bytes = randomFillSync(Buffer.allocUnsafe(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function extension(id: Uint8Array, critical: boolean, value: Uint8Array): Buffer {
  return critical ? sequence(id, yes, octetString(value)) : sequence(id, octetString(value));
}

function nameOf(parts: readonly (readonly [type: Uint8Array, value: string])[]): Buffer {
  return sequence(...parts.map(([type, value]) => setOf(sequence(type, utf8String(value)))));
}

function clip(text: string): string {
  return [...text].slice(0, COMMON_NAME_LIMIT).join('');
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** RFC 7093 §2 method 1: the first 160 bits of SHA-256 over the public key's bits. */
function keyIdOf(spki: Uint8Array): Buffer {
  const bits = elements(elements(spki)[0]?.value ?? spki)[1]?.value ?? spki;
  return createHash('sha256').update(bits.subarray(1)).digest().subarray(0, 20);
}
