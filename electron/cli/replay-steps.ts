import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import type { Draft } from '../../shared/model/replay.ts';
import type { Step } from '../../shared/model/sequence.ts';
import { readRequest } from '../engine/replay/collections/request-file.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';

/**
 * What is to be sent: calls by their ids, the calls that pass a filter (oldest first), or files of requests. `limit`: of a
 * filter, the newest so many. A Fault when there is nothing, or a file cannot be read.
 */
export async function readSteps(client: EngineClient, what: readonly string[], limit: number): Promise<Step[]> {
  if (what.every((word) => /^\d+$/.test(word))) return Promise.all(what.map((id) => stepOfCall(client, Number(id))));
  if (what.every((word) => /\.ya?ml$/i.test(word))) return Promise.all(what.map(stepOfFile));
  const written = what.join(' ');
  // What was sent again is not sent again with it, unless somebody asks for that.
  const query = /\bsource:/.test(written) ? written : `(${written}) -source:replay`;
  try {
    const { calls, more } = await client.calls.list({ query, limit: Math.min(limit, 1000) });
    if (calls.length === 0) throw new Fault('No recorded call passes this filter.');
    if (more && limit > 1000) throw new Fault('More than 1,000 calls pass; narrow the filter.', EXIT.usage);
    const steps: Step[] = [];
    for (const { id } of calls.toReversed()) steps.push(await stepOfCall(client, id));
    return steps;
  } catch (error) {
    throw refusalFault(error, written);
  }
}

async function stepOfCall(client: EngineClient, id: number): Promise<Step> {
  try {
    const [{ draft }, call] = await Promise.all([client.replay.draft({ call: id }), client.calls.get({ id })]);
    return {
      name: `${call.method} ${call.path}`,
      draft,
      origin: id,
      recordedAt: call.startedAt,
      assertions: [],
      extract: {},
    };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CANNOT_DO')
      throw new Fault(`Call ${id} cannot be sent again. ${(error as Error).message}`);
    throw refusalFault(error);
  }
}

async function stepOfFile(path: string): Promise<Step> {
  if (!existsSync(path)) throw new Fault(`There is no file ${path}.`, EXIT.usage);
  const read = readRequest(await readFile(path, 'utf8'), `file:${basename(path)}`);
  if ('problems' in read)
    throw new Fault(
      read.problems.map(({ line, column, says }) => `${path}:${line}:${column}: ${says}`).join('\n'),
      EXIT.usage,
    );
  const draft = withPaths(read.draft, dirname(resolve(path)));
  const name = draft.name ?? basename(path).replace(/\.request\.ya?ml$|\.ya?ml$/i, '');
  return { name, draft, origin: null, recordedAt: null, assertions: read.assertions, extract: read.extract };
}

/** Files that a request names lie beside it. */
function withPaths(draft: Draft, folder: string): Draft {
  const whole = (path: string): string => (isAbsolute(path) || path.startsWith('{{') ? path : resolve(folder, path));
  const { body } = draft;
  if (body.kind === 'file') return { ...draft, body: { ...body, path: whole(body.path) } };
  if (body.kind !== 'multipart') return draft;
  const parts = body.parts.map((part) => (part.file === null ? part : { ...part, file: whole(part.file) }));
  return { ...draft, body: { ...body, parts } };
}
