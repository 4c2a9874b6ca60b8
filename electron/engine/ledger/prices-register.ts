import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NO_OWN_PRICES, type PricesFile } from '../../../shared/ledger/prices-file.ts';
import { editorSchema } from './file-schema.ts';
import { PRICES_TEMPLATE } from './prices-template.ts';
import { readPricesText, type FileProblem } from './read-prices.ts';

/** What people here say of prices. */
export function pricesPath(dataDir: string): string {
  return join(dataDir, 'prices.yaml');
}

/** What stood in it when it was last in order: it counts as long as the file is not, after a new start too. */
function lastGoodPath(dataDir: string): string {
  return join(dataDir, 'prices.last-good.yaml');
}

/** What counts of `prices.yaml`: what it says, or said last when it was in order. */
export interface PricesNow {
  /** The file’s absolute path, whether it is there or not. */
  file: string;
  prices: PricesFile;
  /** The text that says them, for who reads it on a thread of its own. */
  text: string;
  /** Why what stands in the file does not count; empty when it does. */
  problems: FileProblem[];
}

/** The file of a data folder while an engine runs on it. */
export interface PricesRegister {
  readonly now: PricesNow;
  /** Called with what counts from now on, whenever that is something else. */
  onChanged(listener: (now: PricesNow) => void): () => void;
  close(): void;
}

/** How often we look whether somebody saved the file: editors put another file in its place. */
const LOOK_EVERY_MS = 1000;

export function openPricesRegister(given: {
  dataDir: string;
  log: (line: string) => void;
  lookEveryMs?: number;
}): PricesRegister {
  const { dataDir, log } = given;
  const file = pricesPath(dataDir);
  const listeners = new Set<(now: PricesNow) => void>();
  let now = readPrices(dataDir, log);
  let seen = now.problems.length > 0 ? null : now.text;
  if (now.problems.length === 0) keepGood(now.text);

  function keepGood(text: string): void {
    try {
      if (text !== (readText(lastGoodPath(dataDir)) ?? '')) writeText(lastGoodPath(dataDir), text);
    } catch (error) {
      log(`${lastGoodPath(dataDir)} cannot be written: ${sentence(error)}`);
    }
  }

  function look(): void {
    let text: string;
    try {
      text = readText(file) ?? '';
    } catch (error) {
      if (now.problems.length === 0) log(`${file} cannot be read, so what it said before counts: ${sentence(error)}`);
      now = { ...now, problems: [unreadable(error)] };
      seen = null;
      return;
    }
    if (text === seen) return;
    seen = text;
    const read = readPricesText(text);
    if ('problems' in read) {
      now = { ...now, problems: read.problems };
      log(describe(file, read.problems));
      return;
    }
    if (now.problems.length > 0) log(`${file} is in order again; what it says now counts.`);
    now = { file, prices: countingVersion(read.prices, text), text, problems: [] };
    keepGood(text);
    for (const listener of listeners) listener(now);
  }

  // Node's own watchFile begins with what it finds at its first look, which may be a file that was saved after ours.
  let known = '';
  let looking = false;
  const watch = setInterval(() => {
    if (looking) return;
    looking = true;
    void signatureOf(file)
      .then((signature) => {
        if (signature === known) return;
        known = signature;
        look();
      })
      .finally(() => (looking = false));
  }, given.lookEveryMs ?? LOOK_EVERY_MS).unref();

  return {
    get now() {
      return now;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(watch);
      listeners.clear();
    },
  };
}

/** What counts in a folder, with or without an engine. A file with a mistake is told to `log`. */
export function readPrices(dataDir: string, log: (line: string) => void): PricesNow {
  const file = pricesPath(dataDir);
  let problems: FileProblem[];
  try {
    const text = readText(file) ?? '';
    const read = readPricesText(text);
    if ('prices' in read) return { file, prices: countingVersion(read.prices, text), text, problems: [] };
    ({ problems } = read);
    log(describe(file, problems));
  } catch (error) {
    problems = [unreadable(error)];
    log(`${file} cannot be read, so what it said before counts: ${sentence(error)}`);
  }
  let text = '';
  try {
    text = readText(lastGoodPath(dataDir)) ?? '';
  } catch {
    // Then nothing of it counts.
  }
  const good = readPricesText(text);
  return 'prices' in good
    ? { file, prices: countingVersion(good.prices, text), text, problems }
    : { file, prices: NO_OWN_PRICES, text: '', problems };
}

/** Writes the template and the schema for editors beside it. False: there is a file already. Throws the system’s errors. */
export function initPrices(dataDir: string): boolean {
  if (readText(pricesPath(dataDir)) !== null) return false;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeText(join(dataDir, 'prices.schema.json'), editorSchema());
  writeText(pricesPath(dataDir), PRICES_TEMPLATE);
  return true;
}

/** A file that says nothing is no source of prices. */
function countingVersion(prices: PricesFile, text: string): PricesFile {
  return text.split('\n').every((line) => /^\s*(?:#|$)/.test(line)) ? NO_OWN_PRICES : prices;
}

/** Which file lies there and in what state; empty when there is none. Links are followed. */
function signatureOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? '' : String(error.code)),
  );
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a text so that a crash leaves the old one or the new one, for its owner only; a link stays a link. */
function writeText(path: string, text: string): void {
  let to = path;
  try {
    to = realpathSync(path);
  } catch {
    // It is not there yet.
  }
  const beside = join(dirname(to), `.${randomBytes(6).toString('hex')}.prices.tmp`);
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function describe(file: string, problems: readonly FileProblem[]): string {
  const told = problems.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
  return `${told.join('\n')}\nWhat it said before counts on.`;
}

function unreadable(error: unknown): FileProblem {
  return { line: 1, column: 1, says: `It cannot be read: ${sentence(error)}. Give the engine the right to read it.` };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
