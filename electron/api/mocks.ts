import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './group-face.ts';
import { readQuery } from './read-query.ts';

/** Calls of one set. */
const MOST_RECORDED = 1000;

/** The contract's questions about answering calls in place of origins. */
export function answerMocks({ mocks, reader }: EngineFace) {
  const ask = implement(contract.mocks);
  return ask.router({
    list: ask.list.handler(async ({ input, signal }) => orRefuse(await mocks.list(input, signal), {})),
    read: ask.read.handler(async ({ input, signal, errors }) => orRefuse(await mocks.read(input, signal), errors)),
    save: ask.save.handler(async ({ input, signal, errors }) => orRefuse(await mocks.save(input, signal), errors)),
    record: ask.record.handler(async ({ input, signal, errors }) => {
      const { query, ids } = input;
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      const chosen =
        ids ??
        (await reader.listCalls({ tree, limit: MOST_RECORDED, oldestFirst: true }, signal)).calls.map(({ id }) => id);
      return orRefuse(await mocks.record({ ...input, ids: chosen }, signal), errors);
    }),
    start: ask.start.handler(async ({ input, signal, errors }) => orRefuse(await mocks.start(input, signal), errors)),
    stop: ask.stop.handler(async ({ input, signal, errors }) => orRefuse(await mocks.stop(input, signal), errors)),
    serve: ask.serve.handler(async function* ({ input, signal, errors }) {
      for await (const piece of mocks.serve(input, signal)) yield orRefuse(piece, errors);
    }),
    report: ask.report.handler(async ({ input, signal, errors }) =>
      orRefuse(await mocks.report(input, signal), errors),
    ),
    state: ask.state.handler(async function* ({ input, signal }) {
      for await (const piece of mocks.state(input, signal)) yield orRefuse(piece, {});
    }),
  });
}
