import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where agents find the engine, and what they prove with that they may. */
export interface LinkPlace {
  /** Path of a unix domain socket, or name of a pipe. */
  socket: string;
  secretFile: string;
  secret: string;
}

/** Why there can be no link, in a sentence. */
export class NoLink extends Error {}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero among them. */
const LONGEST_PATH = 103;

/**
 * Prepares the folder `link` in the data folder (0700) with the install's secret (0600), and says where the socket is
 * to be: in that folder, or under the temporary folder when its path would be too long for a socket. Throws NoLink
 * when there is no place that only we can reach.
 */
export function prepareLinkPlace(
  dataDir: string,
  { platform = process.platform, temporary = tmpdir() }: { platform?: NodeJS.Platform; temporary?: string } = {},
): LinkPlace {
  const folder = join(dataDir, 'link');
  ownFolder(folder, platform);
  const secretFile = join(folder, 'secret');
  const secret = readSecret(secretFile, platform) ?? writeSecret(secretFile);
  if (platform === 'win32') {
    // Nobody who cannot read the secret knows the name, and so nobody else can be there first.
    const name = createHash('sha256').update(`pipe ${secret} ${dataDir}`).digest('hex').slice(0, 32);
    return { socket: `\\\\.\\pipe\\sallyport-${name}`, secretFile, secret };
  }
  const socket = join(folder, 'socket');
  if (Buffer.byteLength(socket) <= LONGEST_PATH) return { socket, secretFile, secret };
  return { socket: shortPath(dataDir, temporary, platform), secretFile, secret };
}

function shortPath(dataDir: string, temporary: string, platform: NodeJS.Platform): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  for (const root of [temporary, '/tmp']) {
    const folder = join(root, `sallyport-${process.getuid?.() ?? 0}`);
    const socket = join(folder, name);
    if (Buffer.byteLength(socket) > LONGEST_PATH) continue;
    ownFolder(folder, platform);
    return socket;
  }
  throw new NoLink(`No folder for temporary files has a short enough path for a socket (${temporary}).`);
}

/** Makes the folder, or makes sure that it is one that only we can enter. In a temporary folder anybody may have made it first. */
function ownFolder(folder: string, platform: NodeJS.Platform): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new NoLink(`The folder ${folder} cannot be made: ${(error as Error).message}`);
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new NoLink(`${folder} is no folder.`);
  if (platform === 'win32') return;
  if (found.uid !== process.getuid?.()) throw new NoLink(`The folder ${folder} belongs to another user.`);
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** Null when there is none that can be trusted: then a new one is made. */
function readSecret(path: string, platform: NodeJS.Platform): string | null {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || (platform !== 'win32' && (found.mode & 0o077) !== 0)) return null;
    const secret = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{64}$/.test(secret) ? secret : null;
  } catch {
    return null;
  }
}

function writeSecret(path: string): string {
  const secret = randomBytes(32).toString('hex');
  rmSync(path, { force: true, recursive: true });
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** The socket a killed engine left behind; whoever holds the data folder's lock may take it away. */
export function clearSocket(socket: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') return;
  try {
    if (statSync(socket).isSocket()) rmSync(socket);
  } catch {
    // not there
  }
}
