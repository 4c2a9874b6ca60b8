import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { AppProblem } from './apps-face.ts';
import type { EngineFace } from './engine-face.ts';

/** The contract's questions about apps. */
export function answerApps({ apps }: EngineFace) {
  const ask = implement(contract.apps);
  return ask.router({
    list: ask.list.handler(({ input }) => apps?.list(input) ?? { apps: [], unnamed: 0 }),

    change: ask.change.handler(async ({ input, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.change(input), errors);
    }),

    merge: ask.merge.handler(async ({ input: { name, others }, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.merge(name, others), errors);
    }),

    split: ask.split.handler(async ({ input: { name, other }, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.split(name, other), errors);
    }),

    addCredential: ask.addCredential.handler(async ({ input: { name }, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.addCredential(name), { ...errors, APP_NOT_FOUND: neverNotFound });
    }),

    rotateCredential: ask.rotateCredential.handler(async ({ input: { name, id, graceSeconds }, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.rotateCredential(name, id, graceSeconds), { ...errors, BAD_APP: neverBad });
    }),

    revokeCredential: ask.revokeCredential.handler(async ({ input: { name, id }, errors }) => {
      if (!apps?.changes) throw errors.ENGINE_NOT_RUNNING();
      return orRefuse(await apps.changes.revokeCredential(name, id), { ...errors, BAD_APP: neverBad });
    }),
  });
}

interface Refusals {
  APP_NOT_FOUND: (options: { data: { name: string } }) => Error;
  BAD_APP: (options: { message: string; data: { why: string; remedy: string } }) => Error;
}

function orRefuse<T extends object>(result: T | AppProblem, errors: Refusals): T {
  if (!('problem' in result)) return result;
  if (result.problem === 'not-found') throw errors.APP_NOT_FOUND({ data: { name: result.name } });
  const { why, remedy } = result;
  throw errors.BAD_APP({ message: `${why} ${remedy}`, data: { why, remedy } });
}

const neverNotFound: Refusals['APP_NOT_FOUND'] = ({ data }) => new Error(`no app ${data.name}`);
const neverBad: Refusals['BAD_APP'] = ({ message }) => new Error(message);
