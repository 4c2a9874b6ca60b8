import type { PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { CostQuestions } from './costs/cost-answers.ts';

/** Who works it out of what is recorded. */
type CostsReader = {
  [Name in keyof CostQuestions]: (
    question: CostQuestions[Name][0],
    signal?: AbortSignal,
  ) => Promise<CostQuestions[Name][1]>;
};

interface Span {
  since: number;
  until: number;
}

/** What a door may leave out, as the contract has it. */
const USUAL = { rows: 1000, steps: 60, values: 8 };

/**
 * The contract's questions about what calls cost. `apps`: what people say of apps, by the names they are shown under;
 * `prices`: what they say of prices.
 */
export function createCostsFace(
  reader: CostsReader,
  apps: () => Readonly<Record<string, { team: string | null }>>,
  prices: () => PricesFile,
) {
  const teams = (): Record<string, string> =>
    Object.fromEntries(Object.entries(apps()).flatMap(([name, { team }]) => (team === null ? [] : [[name, team]])));
  return {
    table: (
      {
        by,
        limit = USUAL.rows,
        ...asked
      }: Span & {
        by: string | readonly string[];
        vendor?: string | undefined;
        app?: string | undefined;
        model?: string | undefined;
        limit?: number | undefined;
      },
      signal?: AbortSignal,
    ) => {
      const names = typeof by === 'string' ? by.split(',') : by;
      return reader.costTable({ ...asked, by: names, limit, teams: teams() }, signal);
    },
    series: (
      {
        steps = USUAL.steps,
        values = USUAL.values,
        ...asked
      }: Span & {
        by?: string | undefined;
        steps?: number | undefined;
        values?: number | undefined;
      },
      signal?: AbortSignal,
    ) => reader.costSeries({ ...asked, steps, values, teams: teams() }, signal),
    summary: (asked: Span & { now: number }, signal?: AbortSignal) =>
      reader.costSummary({ ...asked, teams: teams() }, signal),
    waste: ({ since, until }: Span, signal?: AbortSignal) => reader.costWaste({ since, until, own: prices() }, signal),
  };
}
