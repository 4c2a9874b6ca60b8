import type { Coverage, NotSeen } from '../../shared/contract/coverage.ts';

interface Span {
  since: number;
  until: number;
}

/** What the api needs of the engine's knowledge of what is not seen; stored answers come without an engine too. */
export interface CoverageFace {
  get(span: Span): Promise<Coverage>;
  hours(span: Span): Promise<(Omit<Coverage, 'sampler'> & { start: number })[]>;
  notSeen(
    asked: Span & { app?: string | undefined; run?: string | undefined; limit: number },
  ): Promise<{ notSeen: NotSeen[]; more: boolean }>;
  /** Told at once and when the last hour's coverage changes, at most once a second. Null without an engine. */
  onChanged: ((listener: (coverage: Coverage) => void) => () => void) | null;
}
