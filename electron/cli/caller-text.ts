import type { Call } from '../../shared/model/call.ts';
import type { Frame, ProcessUnknown } from '../../shared/model/caller.ts';
import { harmless, paint } from './terminal.ts';

/** Why nobody stands behind a call, in a sentence. */
const WHY_UNKNOWN: Readonly<Record<ProcessUnknown, string>> = {
  gone: 'it had closed its connection before it could be looked up',
  'not-permitted': 'it belongs to another user, whose processes may not be read',
  elsewhere: 'it runs on another machine, or in a container whose processes cannot be seen from here',
  shared: 'several processes hold the same connection',
  unsupported: 'this system does not tell, or its tools failed',
};

/** Who made a call: the process and its parents, the place in its code, its tags. Nothing when nobody looked. */
export function callerText(call: Call): string[] {
  const lines = [...processLines(call), ...siteLines(call), ...traceLine(call), ...tagsLine(call)];
  return lines.length === 0 ? [] : [paint('bold', 'Called by'), ...lines.map((line) => `  ${harmless(line)}`)];
}

function processLines({ process, processUnknown }: Call): string[] {
  if (process === null) return processUnknown === null ? [] : [`process not known: ${WHY_UNKNOWN[processUnknown]}`];
  const { name, pid, user, container, command, executable, folder, parents, project } = process;
  const about = [`pid ${pid}`, user === null ? null : `user ${user}`, container].filter((part) => part !== null);
  const lines = [`${name} (${about.join(', ')})`];
  const runs = command ?? executable;
  if (runs !== null) lines.push(`runs ${runs}`);
  if (folder !== null) lines.push(`in ${folder}`);
  if (project !== null) {
    const branch = project.gitBranch === null ? '' : `, branch ${project.gitBranch}`;
    lines.push(`project ${project.name} (${project.kind}, ${project.folder}${branch})`);
  }
  if (parents.length > 0)
    lines.push(`started by ${parents.map((parent) => `${parent.name} ${parent.pid}`).join(' ← ')}`);
  return lines;
}

function siteLines({ package: name, callsite, frames }: Call): string[] {
  if (name === null && callsite === null && frames.length === 0) return [];
  const by = name === null ? '' : callsite === null ? `package ${name}` : `, through package ${name}`;
  return [
    `${callsite === null ? '' : `at ${callsite}`}${by}`,
    ...frames.map((frame) => `  ${frameText(frame)}`),
  ].filter((line) => line !== '');
}

function frameText({ function: name, file, line, column, package: owner, version }: Frame): string {
  const of = owner === null ? '' : `  [${owner}${version === null ? '' : ` ${version}`}]`;
  return `${name ?? '(top level)'}  ${file}:${line}:${column}${of}`;
}

function traceLine({ traceId, spanId }: Call): string[] {
  return traceId === null ? [] : [`trace ${traceId}${spanId === null ? '' : `, span ${spanId}`}`];
}

function tagsLine({ tags }: Call): string[] {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [] : [`tags ${pairs.join('  ')}`];
}
