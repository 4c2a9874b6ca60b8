import type { Draft, DraftProblem, SafetyQuestion } from '../../shared/model/replay.ts';

/** Why a question cannot be answered: what the engine's rooms give in place of an answer. */
export type GroupProblem =
  | { problem: 'call-not-found'; id: number }
  | { problem: 'request-not-found'; name: string }
  | { problem: 'cannot-do'; why: string; remedy: string }
  | { problem: 'cannot-send'; problems: DraftProblem[]; questions: SafetyQuestion[]; draft?: Draft['id'] }
  /** It takes an engine, and a store is read without one. */
  | { problem: 'not-running' };

type PieceOf<T> = T extends AsyncIterable<infer Piece> ? Piece : never;

/** A group of the contract as the engine answers it, by shape: streams where the contract streams. `signal` gives work up. */
export type GroupFace<Asked, Told extends Record<keyof Asked, unknown>> = {
  [Name in keyof Asked]: Told[Name] extends AsyncIterable<unknown>
    ? (asked: Asked[Name], signal?: AbortSignal) => AsyncIterable<PieceOf<Told[Name]> | GroupProblem>
    : (asked: Asked[Name], signal?: AbortSignal) => Promise<Told[Name] | GroupProblem>;
};

interface Refusals {
  ENGINE_NOT_RUNNING?: () => Error;
  CALL_NOT_FOUND?: (options: { message: string; data: { id: number } }) => Error;
  REQUEST_NOT_FOUND?: (options: { message: string; data: { name: string } }) => Error;
  CANNOT_DO?: (options: { message: string; data: { why: string; remedy: string } }) => Error;
  CANNOT_SEND?: (options: {
    message: string;
    data: { problems: DraftProblem[]; questions: SafetyQuestion[] };
  }) => Error;
}

/** The answer, or the contract's error for the problem that came in its place. */
export function orRefuse<T extends object>(result: T | GroupProblem, errors: Refusals): T {
  if (!('problem' in result)) return result;
  throw refusalOf(result, errors) ?? new Error(`Nothing says how to refuse for “${String(result.problem)}”.`);
}

function refusalOf(problem: GroupProblem, errors: Refusals): Error | undefined {
  switch (problem.problem) {
    case 'not-running':
      return errors.ENGINE_NOT_RUNNING?.();
    case 'call-not-found':
      return errors.CALL_NOT_FOUND?.({ message: `There is no call ${problem.id}.`, data: { id: problem.id } });
    case 'request-not-found': {
      const { name } = problem;
      return errors.REQUEST_NOT_FOUND?.({ message: `There is no saved request “${name}”.`, data: { name } });
    }
    case 'cannot-do': {
      const { why, remedy } = problem;
      return errors.CANNOT_DO?.({ message: `${why} ${remedy}`.trim(), data: { why, remedy } });
    }
    case 'cannot-send': {
      const { problems, questions } = problem;
      const message =
        problems.length > 0 ? problems.map(({ says }) => says).join(' ') : questions.map(({ says }) => says).join(' ');
      return errors.CANNOT_SEND?.({ message, data: { problems, questions } });
    }
  }
}
