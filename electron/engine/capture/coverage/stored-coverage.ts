import type { Coverage, NotSeen } from '../../../../shared/contract/coverage.ts';
import type { CoverageSum, NotSeenConnections } from '../../store/coverage-rows.ts';
import { explain } from './remedies.ts';

interface Span {
  since: number;
  until: number;
}

/** What was stored, as the reader has it. */
export interface CoverageReader {
  coverage(span: Span): Promise<CoverageSum | null>;
  coverageHours(span: Span): Promise<({ start: number } & CoverageSum)[]>;
  notSeen(
    asked: Span & { app?: string | undefined; limit: number },
  ): Promise<{ notSeen: NotSeenConnections[]; more: boolean }>;
}

/** The questions about coverage, as the contract asks them. */
export interface CoverageAnswers {
  get(span: Span): Promise<Coverage>;
  hours(span: Span): Promise<(Omit<Coverage, 'sampler'> & { start: number })[]>;
  /** `run`: of one run alone, which only the engine it ran with remembers. */
  notSeen(
    asked: Span & { app?: string | undefined; run?: string | undefined; limit: number },
  ): Promise<{ notSeen: NotSeen[]; more: boolean }>;
}

/** Of a time in which nobody looked. */
export const NOTHING_COVERED: CoverageSum = {
  share: null,
  parts: {
    seen: 0,
    around: 0,
    neverCaptured: 0,
    neverCapturedApps: 0,
    passThrough: 0,
    pinned: 0,
    bodiesShed: 0,
    callsLost: 0,
    agentDrops: 0,
  },
};

/** Answers from the store. `program`: how people start the command line. */
export function answerFromStore(
  reader: CoverageReader,
  sampler: () => Coverage['sampler'],
  program: string,
): CoverageAnswers {
  return {
    async get(span) {
      return { ...((await reader.coverage(span)) ?? NOTHING_COVERED), sampler: sampler() };
    },
    hours: (span) => reader.coverageHours(span),
    async notSeen({ run, ...asked }) {
      if (run !== undefined) return { notSeen: [], more: false };
      const { notSeen, more } = await reader.notSeen(asked);
      return { notSeen: notSeen.map((row) => ({ ...row, ...explain(row, program) })), more };
    },
  };
}

/** Without an engine: what was stored, and nobody looks. */
export function storedCoverage(reader: CoverageReader): CoverageAnswers & { onChanged: null } {
  const sampler = { works: false, why: 'No engine runs, so nobody looks just now.' };
  return { ...answerFromStore(reader, () => sampler, 'sallyport'), onChanged: null };
}
