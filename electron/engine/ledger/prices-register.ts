import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NO_OWN_PRICES, type PricesFile } from '../../../shared/ledger/prices-file.ts';
import { besideFile, loadFile, openRegister } from '../registers/register.ts';
import type { FileKind, FileNow, FileProblem } from '../registers/register.ts';
import { readText, writeText } from '../registers/text-file.ts';
import { editorSchema } from './file-schema.ts';
import { PRICES_TEMPLATE } from './prices-template.ts';
import { readPricesText } from './read-prices.ts';

/** What people here say of prices. */
export function pricesPath(dataDir: string): string {
  return join(dataDir, 'prices.yaml');
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

export function openPricesRegister(given: {
  dataDir: string;
  log: (line: string) => void;
  lookEveryMs?: number;
}): PricesRegister {
  const kind = fileOf(given.dataDir);
  const register = openRegister(kind, given.log, given.lookEveryMs);
  return {
    get now() {
      return told(kind.file, register.now);
    },
    onChanged: (listener) => register.onChanged((now) => listener(told(kind.file, now))),
    close: register.close,
  };
}

/** What counts in a folder, with or without an engine. A file with a mistake is told to `log`. */
export function readPrices(dataDir: string, log: (line: string) => void): PricesNow {
  const kind = fileOf(dataDir);
  return told(kind.file, loadFile(kind, log).now);
}

/** Writes the template and the schema for editors beside it. False: there is a file already. Throws the system’s errors. */
export function initPrices(dataDir: string): boolean {
  if (readText(pricesPath(dataDir)) !== null) return false;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeText(join(dataDir, 'prices.schema.json'), editorSchema());
  writeText(pricesPath(dataDir), PRICES_TEMPLATE);
  return true;
}

function fileOf(dataDir: string): FileKind<PricesFile, FileProblem> {
  return {
    file: pricesPath(dataDir),
    read(text) {
      const read = readPricesText(text);
      return 'value' in read && saysNothing(text) ? { value: NO_OWN_PRICES } : read;
    },
    nothing: NO_OWN_PRICES,
    // It counts as long as the file is not in order, after a new start too.
    lastGood: besideFile(join(dataDir, 'prices.last-good.yaml')),
    problemOf: (problem) => problem,
  };
}

/** Such a file is no source of prices. */
function saysNothing(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#|$)/.test(line));
}

function told(file: string, { value, text, problems }: FileNow<PricesFile, FileProblem>): PricesNow {
  return { file, prices: value, text, problems };
}
