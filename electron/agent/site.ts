import type { SiteSeen } from '../../shared/agent/link.ts';

/** A place that makes calls. `epoch` is the connection to the engine on which it was told last. */
export interface Site extends SiteSeen {
  epoch: number;
  /** Its frames have been looked up in the source maps of this process. */
  mapped: boolean;
}

/** Frames kept of a stack, and looked at for them: a request of Node's own fetch is some 15 frames deep in it. */
const KEPT = 10;
const LOOKED_AT = 48;
/** A program that makes code as it runs has no end of places; the rest go without. */
const MOST_SITES = 20_000;

/** Sites by the frames that lead to them: a place that calls again costs a walk and no text. */
interface Branch {
  next: Map<number, Branch> | null;
  site: Site | null;
}

const root: Branch = { next: null, site: null };
/** A number for each file, so that a frame is one number; 0 for files that are no place (ours, Node's). */
const files = new Map<string, number>();
let sites = 0;
let fileCount = 0;

/** Frames of this file are ours; set by the entry, which knows where it was bundled to. */
export function leaveOut(file: string): void {
  files.set(file, 0);
}

/**
 * Where the running code is called from: at most 10 frames outside of Node's own code, nearest first, those behind
 * an `await` included. Null where none is. The program's `Error.prepareStackTrace` and limit are put back as they
 * were before anybody can see.
 */
export function takeSite(): Site | null {
  const hadPrepare = Object.hasOwn(Error, 'prepareStackTrace');
  const prepare = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = LOOKED_AT;
    Error.prepareStackTrace = findSite;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, takeSite);
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

function findSite(_: unknown, stack: NodeJS.CallSite[]): Site | null {
  let branch = root;
  let kept = 0;
  for (const frame of stack) {
    const file = fileNumber(frame);
    if (file === 0) continue;
    const key = file * 0x1_0000_0000 + (frame as unknown as { getPosition(): number }).getPosition();
    branch.next ??= new Map();
    let next = branch.next.get(key);
    if (next === undefined) {
      if (sites >= MOST_SITES) return null;
      next = { next: null, site: null };
      branch.next.set(key, next);
    }
    branch = next;
    if (++kept === KEPT) break;
  }
  if (kept === 0) return null;
  return (branch.site ??= describe(stack));
}

function describe(stack: NodeJS.CallSite[]): Site {
  const frames: SiteSeen['frames'] = [];
  for (const frame of stack) {
    if (fileNumber(frame) === 0) continue;
    frames.push({
      function: frame.getFunctionName() ?? null,
      file: frame.getFileName()!,
      line: frame.getLineNumber() ?? 0,
      column: frame.getColumnNumber() ?? 0,
    });
    if (frames.length === KEPT) break;
  }
  return { type: 'site', id: ++sites, frames, epoch: 0, mapped: false };
}

function fileNumber(frame: NodeJS.CallSite): number {
  const name = frame.getFileName();
  if (typeof name !== 'string') return 0;
  const known = files.get(name);
  if (known !== undefined) return known;
  const number = isPlace(name) ? ++fileCount : 0;
  files.set(name, number);
  return number;
}

/** Node's own files have no path: `node:net`, before Node 16 `net.js` and `internal/…`. */
function isPlace(name: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/]|file:|https?:|data:|webpack)/.test(name);
}
