import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { policies } from '../../shared/contract/policies.ts';

/** Why a question about policies cannot be answered, or a change not be made. */
export type PolicyProblem =
  | { problem: 'not-found' }
  | { problem: 'bad-policies'; problems: { line: number; column: number; says: string }[] }
  | { problem: 'bad-what-if'; why: string; remedy: string }
  /** Somebody else changed the file. */
  | { problem: 'changed'; version: number }
  /** It takes an engine, and a store is read without one. */
  | { problem: 'not-running' };

type Asked = InferContractRouterInputs<typeof policies>;
type Told = InferContractRouterOutputs<typeof policies>;
/** Answered piece by piece; the last piece may be a problem. */
type Streamed = 'backtest' | 'sweep' | 'asks';
type PieceOf<T> = T extends AsyncIterable<infer Piece> ? Piece : never;

/** The group as the engine answers it, by shape. `signal` gives long work up. */
export type PoliciesFace = {
  [Name in Exclude<keyof Asked, Streamed>]: (
    asked: Asked[Name],
    signal?: AbortSignal,
  ) => Promise<Told[Name] | PolicyProblem>;
} & {
  [Name in Streamed]: (asked: Asked[Name], signal?: AbortSignal) => AsyncIterable<PieceOf<Told[Name]> | PolicyProblem>;
};
