import type { CallSite, Frame, ProcessIdentity, Tags, TraceContext } from '../../../shared/model/caller.ts';
import { TAG_LIMITS } from '../../../shared/model/caller.ts';
import type { Redactor } from '../../../shared/redaction/redactor.ts';

/**
 * What is kept of what programs say of themselves: in the bounds of the model, without secrets, without control characters
 * (a place is stored line by line). Nothing here is trusted: an agent runs in somebody else's program.
 */

const LONGEST = { app: 200, command: 2000, name: 200, path: 1000, package: 214, version: 64, function: 200 } as const;
const MOST_FRAMES = 10;
const MOST_PARENTS = 8;
const KEY = /^\d{1,10}@\d{1,17}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]+/g;

function bound(text: string, most: number): string {
  const plain = text.length > most ? text.slice(0, most) : text;
  return (plain.isWellFormed() ? plain : plain.toWellFormed()).replace(CONTROL, ' ');
}

function boundOrNull(text: string | null, most: number): string | null {
  if (text === null) return null;
  const plain = bound(text, most);
  return plain === '' ? null : plain;
}

export function boundApp(app: string | null): string | null {
  return boundOrNull(app, LONGEST.app);
}

/** A `processKey`, or null for anything else. */
export function boundKey(key: string | null): string | null {
  return key !== null && KEY.test(key) ? key : null;
}

export function boundTrace(trace: TraceContext | null): TraceContext | null {
  if (trace === null || !TRACE_ID.test(trace.traceId) || /^0+$/.test(trace.traceId)) return null;
  const { traceId, spanId } = trace;
  return { traceId, spanId: spanId !== null && SPAN_ID.test(spanId) ? spanId : null };
}

/** At most so many, so long; a name is written without `=`, which ends it in a filter. Values without secrets. */
export function boundTags(tags: Tags | null, redactor: Redactor): Tags | null {
  if (tags === null) return null;
  const kept: Record<string, string> = {};
  let left: number = TAG_LIMITS.count;
  for (const [name, value] of Object.entries(tags)) {
    const plain = bound(name, TAG_LIMITS.name).replaceAll('=', '-').trim();
    if (plain === '' || left === 0) continue;
    left -= 1;
    // With its name, as it would stand in an address: a name alone can make a secret of a value.
    const pair = redactText(`${plain}=${value.slice(0, 4 * TAG_LIMITS.value)}`, redactor);
    kept[plain] = bound(pair.startsWith(`${plain}=`) ? pair.slice(plain.length + 1) : pair, TAG_LIMITS.value);
  }
  return left === TAG_LIMITS.count ? null : kept;
}

export function boundSite(site: CallSite | null): CallSite | null {
  if (site === null) return null;
  const frames = site.frames.slice(0, MOST_FRAMES).map(boundFrame);
  const name = boundOrNull(site.package, LONGEST.package);
  const callsite = site.callsite === null ? null : boundOrNull(boundPath(site.callsite), LONGEST.path + 20);
  return name === null && callsite === null && frames.length === 0 ? null : { package: name, callsite, frames };
}

function boundFrame(frame: Frame): Frame {
  return {
    function: boundOrNull(frame.function, LONGEST.function),
    file: bound(boundPath(frame.file), LONGEST.path),
    line: whole(frame.line),
    column: whole(frame.column),
    package: boundOrNull(frame.package, LONGEST.package),
    version: boundOrNull(frame.version, LONGEST.version),
  };
}

/** Code can be its own address; what it says is not to be kept. */
function boundPath(file: string): string {
  return file.startsWith('data:') ? `data:${/^data:[\w.+/-]{0,60}/.exec(file)?.[0].slice(5) ?? ''},…` : file;
}

function whole(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

export function boundProcess(identity: ProcessIdentity, redactor: Redactor): ProcessIdentity {
  const { pid, startedAt, name, executable, command, folder, user, container, parents, project } = identity;
  return {
    pid: whole(pid),
    startedAt: startedAt === null ? null : whole(startedAt),
    name: bound(redactText(name, redactor), LONGEST.name),
    executable: boundOrNull(executable, LONGEST.path),
    command:
      command === null
        ? null
        : boundOrNull(redactText(command.slice(0, 2 * LONGEST.command), redactor), LONGEST.command),
    folder: boundOrNull(folder, LONGEST.path),
    user: boundOrNull(user, LONGEST.name),
    container: boundOrNull(container, LONGEST.name),
    parents: parents
      .slice(0, MOST_PARENTS)
      .map((parent) => ({ pid: whole(parent.pid), name: bound(redactText(parent.name, redactor), LONGEST.name) })),
    project: project && {
      kind: project.kind,
      name: bound(project.name, LONGEST.name),
      folder: bound(project.folder, LONGEST.path),
      gitRemote: project.gitRemote === null ? null : boundOrNull(redactText(project.gitRemote, redactor), LONGEST.path),
      gitBranch: boundOrNull(project.gitBranch, LONGEST.name),
    },
  };
}

/** The redactor reads bytes, one char each: texts go through it as UTF-8. */
export function redactText(text: string, redactor: Redactor): string {
  if (ASCII.test(text)) return redactor.text(text);
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const clean = redactor.text(bytes);
  return clean === bytes ? text : Buffer.from(clean, 'latin1').toString('utf8');
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;
