import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { rootCertificate, toPem } from './certificate.ts';

/**
 * The CA on disk: `ca-key.pem` (private key followed by its certificate, 0600) and `ca.pem` (the
 * certificate alone, for everyone). The key file is the one commit point: it is put in place whole
 * by one link or rename, so that neither a crash nor a second start can leave a key and a
 * certificate that do not belong together. `ca.pem` is a copy that can be made again from it.
 */
export interface CaPair {
  certificate: X509Certificate;
  certificatePem: string;
  privateKey: KeyObject;
}

/** The CA in the data folder is not usable. The message says which file, why and what to do. */
export class CaUnusable extends Error {
  override name = 'CaUnusable';
}

export const caPathIn = (dataDir: string): string => join(dataDir, 'ca.pem');
export const caKeyPathIn = (dataDir: string): string => join(dataDir, 'ca-key.pem');

const REMEDY =
  'Put the right pair back, or make a new one with `sallyport ca rotate` (programs that trusted the old one must then be told).';

/** Loads the pair; creates it when the folder has neither file. Throws `CaUnusable`. */
export function loadOrCreatePair(dataDir: string, now: number): CaPair {
  prepareFolder(dataDir);
  if (!existsSync(caKeyPathIn(dataDir))) {
    if (existsSync(caPathIn(dataDir))) {
      throw new CaUnusable(`${caPathIn(dataDir)} is there but its key ${caKeyPathIn(dataDir)} is not. ${REMEDY}`);
    }
    createOnce(dataDir, newPair(now));
  }
  return loadPair(dataDir);
}

/** Puts a pair in place of whatever is there. */
export function replacePair(dataDir: string, pair: CaPair): void {
  prepareFolder(dataDir);
  renameSync(writeBeside(caKeyPathIn(dataDir), keyFileOf(pair), 0o600), caKeyPathIn(dataDir));
  writeCertificate(dataDir, pair.certificatePem);
}

export function newPair(now: number): CaPair {
  return renewedPair(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, now);
}

/**
 * A certificate for a key we have. Renewing keeps the key and so everything that trusts the old
 * certificate goes on working until that one ends.
 */
export function renewedPair(privateKey: KeyObject, now: number, commonName?: string): CaPair {
  const publicKey = createPublicKey(privateKey);
  const der = rootCertificate({ commonName: commonName ?? nameForThisMachine(publicKey), publicKey, privateKey, now });
  return { certificate: new X509Certificate(der), certificatePem: toPem(der), privateKey };
}

/** `Sallyport CA (user@machine) 1a2b3c4d`: told apart in a trust store, also after a rotation. */
function nameForThisMachine(publicKey: KeyObject): string {
  let user = 'user';
  try {
    user = userInfo().username || user;
  } catch {
    // A container may run under a uid without a name.
  }
  const machine = hostname().split('.')[0] || 'localhost';
  const mark = publicKey.export({ type: 'spki', format: 'der' }).subarray(-4).toString('hex');
  return `Sallyport CA (${user.slice(0, 16)}@${machine.slice(0, 20)}) ${mark}`;
}

function prepareFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

function loadPair(dataDir: string): CaPair {
  const keyPath = caKeyPathIn(dataDir);
  const certificatePath = caPathIn(dataDir);
  const keyText = readOrRefuse(keyPath);
  const privateKey = parseOrRefuse(keyPath, 'a private key', () => createPrivateKey(keyText));
  if (privateKey.asymmetricKeyType !== 'ec') {
    throw new CaUnusable(`${keyPath} holds a key that is not on the P-256 curve. ${REMEDY}`);
  }
  if (!existsSync(certificatePath)) {
    const own = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\r?\n?/.exec(keyText);
    if (!own) throw new CaUnusable(`${keyPath} is there but its certificate ${certificatePath} is not. ${REMEDY}`);
    writeCertificate(dataDir, own[0]);
  }
  const certificatePem = readOrRefuse(certificatePath);
  const certificate = parseOrRefuse(certificatePath, 'a certificate', () => new X509Certificate(certificatePem));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CaUnusable(`${certificatePath} and ${keyPath} do not belong together. ${REMEDY}`);
  }
  if (!certificate.ca) throw new CaUnusable(`${certificatePath} is not a certificate authority. ${REMEDY}`);
  closeToOthers(keyPath);
  return {
    certificate,
    certificatePem: certificatePem.endsWith('\n') ? certificatePem : `${certificatePem}\n`,
    privateKey,
  };
}

function readOrRefuse(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CaUnusable(
      `${path} cannot be read (${codeOf(error)}). Make it readable for this user, then start again.`,
    );
  }
}

function parseOrRefuse<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new CaUnusable(`${path} does not hold ${what} in PEM form. ${REMEDY}`);
  }
}

/** Restores 0600 where a copy or a backup opened the key to others. */
function closeToOthers(keyPath: string): void {
  try {
    chmodSync(keyPath, 0o600);
  } catch {
    // Not ours, or a file system without modes: the folder's own rights still hold.
  }
}

/** First one wins: of several starts at once exactly one key file comes to be, whole. */
function createOnce(dataDir: string, pair: CaPair): void {
  const keyPath = caKeyPathIn(dataDir);
  const temporary = writeBeside(keyPath, keyFileOf(pair), 0o600);
  try {
    linkSync(temporary, keyPath);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // A file system without hard links.
    try {
      copyFileSync(temporary, keyPath, constants.COPYFILE_EXCL);
    } catch (second) {
      if (codeOf(second) !== 'EEXIST') throw second;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeCertificate(dataDir: string, pem: string): void {
  renameSync(writeBeside(caPathIn(dataDir), pem, 0o644), caPathIn(dataDir));
}

/** Writes a new file next to `path` and returns its name; `wx` so that no one can hand us a link. */
export function writeBeside(path: string, text: string, mode: number): string {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', mode });
  return temporary;
}

function keyFileOf(pair: CaPair): string {
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() + pair.certificatePem;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
