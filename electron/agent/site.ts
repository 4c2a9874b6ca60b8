import type { SiteSeen } from '../../shared/agent/link.ts';

/** A place that makes calls. `epoch` is the connection to the engine on which it was told last. */
export interface Site extends SiteSeen {
  epoch: number;
  /** Its frames have been looked up in the source maps of this process. */
  mapped: boolean;
}

/** Frames kept of a stack, and looked at for them. */
const KEPT = 10;
const LOOKED_AT = 64;
/** Of one package's frames in a row these are kept, the ones nearest to its caller. */
const KEPT_OF_PACKAGE = 2;
/** A program that makes code as it runs has no end of places; the rest go without. */
const MOST_SITES = 20_000;

/** Sites by the frames that lead to them: a place that calls again costs a walk and no text. */
interface Branch {
  next: Map<number, Branch> | null;
  site: Site | null;
}

interface SourceFile {
  /** So that a frame is one number; 0 for files that are no place (ours, Node's). */
  number: number;
  /** Folder of its package in node_modules; '' for the program's own code. */
  package: string;
}

const root: Branch = { next: null, site: null };
const files = new Map<string, SourceFile>();
const NOWHERE: SourceFile = { number: 0, package: '' };
let sites = 0;

/** Frames of this file are ours; set by the entry, which knows where it was bundled to. */
export function leaveOut(file: string): void {
  files.set(file, NOWHERE);
}

/**
 * Where the running code is called from: at most 10 frames outside of Node's own code, nearest first, those behind
 * an `await` included. Null where none is. The program's `Error.prepareStackTrace` and limit are put back as they
 * were before anybody can see. `from`: only what lies behind this function on the stack is looked at.
 */
export function takeSite(from: (...args: never[]) => unknown = takeSite): Site | null {
  const hadPrepare = Object.hasOwn(Error, 'prepareStackTrace');
  const prepare = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = LOOKED_AT;
    Error.prepareStackTrace = findSite;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, from);
    return holder.stack as Site | null;
  } catch {
    return null;
  } finally {
    try {
      Error.stackTraceLimit = limit;
      if (hadPrepare) Error.prepareStackTrace = prepare;
      else Reflect.deleteProperty(Error, 'prepareStackTrace');
    } catch {
      // Frozen: then the first line of the try has thrown already, and nothing was changed.
    }
  }
}

// The frames picked of the stack that is looked at, and their keys: used again each time.
const picked: NodeJS.CallSite[] = [];
const packages: string[] = [];
const keys = new Float64Array(KEPT);

function findSite(_: unknown, stack: NodeJS.CallSite[]): Site | null {
  const count = pick(stack);
  let branch = root;
  for (let at = 0; at < count; at++) {
    branch.next ??= new Map();
    let next = branch.next.get(keys[at]!);
    if (next === undefined) {
      if (sites >= MOST_SITES) return null;
      next = { next: null, site: null };
      branch.next.set(keys[at]!, next);
    }
    branch = next;
  }
  if (count > 0) branch.site ??= describe(picked.slice(0, count));
  picked.length = 0;
  return count > 0 ? branch.site : null;
}

/**
 * Picks the frames that say most: packages call through many of their own before anybody's code is reached, so of
 * each run the outermost ones are kept, and the program's own nearest frame always is.
 */
function pick(stack: NodeJS.CallSite[]): number {
  let count = 0;
  let own = false;
  for (const frame of stack) {
    const file = fileOf(frame);
    if (file.number === 0) continue;
    const inPackage = file.package;
    if (count === KEPT) {
      if (own) break;
      if (inPackage !== '') continue;
      count--;
    }
    if (inPackage === '') own = true;
    else if (
      count >= KEPT_OF_PACKAGE &&
      packages[count - 1] === inPackage &&
      packages[count - KEPT_OF_PACKAGE] === inPackage
    ) {
      for (let at = count - KEPT_OF_PACKAGE; at < count - 1; at++) {
        keys[at] = keys[at + 1]!;
        picked[at] = picked[at + 1]!;
      }
      count--;
    }
    keys[count] = file.number * 0x1_0000_0000 + (frame as unknown as { getPosition(): number }).getPosition();
    picked[count] = frame;
    packages[count++] = inPackage;
  }
  return count;
}

function describe(stack: NodeJS.CallSite[]): Site {
  const frames = stack.map((frame) => ({
    function: frame.getFunctionName() ?? null,
    file: frame.getFileName()!,
    line: frame.getLineNumber() ?? 0,
    column: frame.getColumnNumber() ?? 0,
  }));
  return { type: 'site', id: ++sites, frames, epoch: 0, mapped: false };
}

function fileOf(frame: NodeJS.CallSite): SourceFile {
  const name = frame.getFileName();
  if (typeof name !== 'string') return NOWHERE;
  const known = files.get(name);
  if (known !== undefined) return known;
  const inPackage = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(name)?.[0] ?? '';
  const file = isPlace(name) ? { number: files.size + 1, package: inPackage } : NOWHERE;
  files.set(name, file);
  return file;
}

/** Node's own files have no path: `node:net`, before Node 16 `net.js` and `internal/…`. */
function isPlace(name: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/]|file:|https?:|data:|webpack)/.test(name);
}
