import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import { readBody } from './read-body.ts';
import type { EngineFace } from './engine-face.ts';
import { growing } from './growing.ts';
import { SNIPPET_TARGETS } from './snippet-forms.ts';
import { newestOf } from './notices.ts';
import { readQuery } from './read-query.ts';

/** The contract's questions about calls, asked of the engine's reader. */
export function answerCalls({ reader, archive }: EngineFace) {
  const ask = implement(contract.calls);
  return ask.router({
    list: ask.list.handler(async ({ input: { query, headers, ...page }, errors, signal }) => {
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      const names = headers?.map((name) => name.toLowerCase());
      return reader.listCalls({ tree, ...page, ...(names && { headers: names }) }, signal);
    }),

    histogram: ask.histogram.handler(async ({ input: { query, ...span }, errors, signal }) => {
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      return growing((tell, stop) => reader.histogram({ tree, ...span }, tell, stop), signal);
    }),

    facets: ask.facets.handler(async ({ input: { query, ...question }, errors, signal }) => {
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      return reader.facets({ tree, ...question }, signal);
    }),

    snippet: ask.snippet.handler(async ({ input: { id, target }, errors }) => {
      const call = await reader.getCall(id);
      if (!call) throw errors.CALL_NOT_FOUND({ message: `There is no call ${id}.`, data: { id } });
      const { writeSnippet } = await import('./snippets.ts');
      const snippet = await writeSnippet(reader, call, target);
      if (snippet) return snippet;
      const known = SNIPPET_TARGETS.map((one) => one.target).join(', ');
      throw errors.SNIPPET_NOT_KNOWN({ message: `There is no form of code called “${target}”; there are ${known}.` });
    }),

    snippetTargets: ask.snippetTargets.handler(() => ({ targets: [...SNIPPET_TARGETS] })),

    mark: ask.mark.handler(async ({ input, errors }) => {
      if (!archive) throw errors.ENGINE_NOT_RUNNING();
      return archive.work('mark', input);
    }),

    get: ask.get.handler(async ({ input: { id }, errors }) => {
      const call = await reader.getCall(id);
      if (!call) throw errors.CALL_NOT_FOUND({ message: `There is no call ${id}.`, data: { id } });
      return call;
    }),

    body: ask.body.handler(async ({ input: { id, side, raw }, errors }) => {
      const call = await reader.getCall(id);
      if (!call) throw errors.CALL_NOT_FOUND({ message: `There is no call ${id}.`, data: { id } });
      const body = await readBody(reader, call, side, raw);
      if (!body) {
        const { wireBytes } = side === 'request' ? call.requestBody : call.responseBody;
        const message =
          wireBytes === 0
            ? `Call ${id} has no ${side} body.`
            : `The ${side} body of call ${id} (${wireBytes} bytes) was not kept.`;
        throw errors.BODY_NOT_KEPT({ message, data: { id, side, wireBytes } });
      }
      const { bytes, ...facts } = body;
      return {
        base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
        bytes: bytes.length,
        ...facts,
      };
    }),

    messages: ask.messages.handler(async ({ input: { id, after, limit }, errors }) => {
      if (!(await reader.getCall(id)))
        throw errors.CALL_NOT_FOUND({ message: `There is no call ${id}.`, data: { id } });
      return { messages: await reader.listMessages({ call: id, after, limit }) };
    }),

    changes: ask.changes.handler(async ({ input: { seq, query, limit }, errors }) => {
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      // Nothing is after the largest number: this asks only where the end is.
      return reader.changedSince({ seq: seq ?? Number.MAX_SAFE_INTEGER, limit, tree });
    }),

    watch: ask.watch.handler(async function* ({ signal }) {
      if (!archive) return;
      for await (const seq of newestOf<number>((push) => archive.onChanged(push), signal)) yield { seq };
    }),
  });
}
