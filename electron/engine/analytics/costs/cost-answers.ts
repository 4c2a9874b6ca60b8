import type { PriceBook } from '../../../../shared/ledger/price-book.ts';
import type { PricesFile } from '../../../../shared/ledger/prices-file.ts';
import type { Recognise, Span } from '../../store/picture-rows.ts';
import type { BudgetRow } from '../../../../shared/contract/policies.ts';
import { budgetRows, type BudgetsQuestion } from './budget-rows.ts';
import type { CostRows } from './cost-rows.ts';
import { costSeries, type CostSeries, type SeriesQuestion } from './cost-series.ts';
import { costSummary, type CostSummary } from './cost-summary.ts';
import { costTable, type CostTable, type TableQuestion } from './cost-table.ts';
import { findWaste, type WasteFound } from './waste/find-waste.ts';

/** Team by the names that apps are shown under. */
interface Teams {
  teams: Readonly<Record<string, string>>;
}

/** What people here say of prices. */
interface OwnPrices {
  own: PricesFile;
}

/** Why a question cannot be answered, as the contract refuses it. */
interface Bad {
  problem: 'bad';
  why: string;
  remedy: string;
}

/** Questions about costs with their answers, for the reader's list of questions. */
export interface CostQuestions {
  costTable: [question: TableQuestion & Teams, answer: CostTable];
  costSeries: [question: SeriesQuestion & Teams, answer: CostSeries | Bad];
  costSummary: [question: Span & { now: number } & Teams, answer: CostSummary];
  costWaste: [question: Span & OwnPrices, answer: WasteFound];
  costBudgets: [question: BudgetsQuestion, answer: { budgets: BudgetRow[] }];
}

export type CostQuestion = {
  [Name in keyof CostQuestions]: { name: Name; question: CostQuestions[Name][0] };
}[keyof CostQuestions];

/** Answers them from the store's rows. Each is a generator: at every `yield` others get their turn, and it may be dropped. */
export function createCostAnswers(given: {
  rows: CostRows;
  recognise: Recognise;
  priceBook: (own: PricesFile) => PriceBook;
}) {
  const { rows, recognise, priceBook } = given;

  /** Models can be priced when their tables are loaded; meanwhile others have their turn. */
  function* waste({ own, ...span }: Span & OwnPrices): Generator<void, WasteFound> {
    // What a month has free is not for calls that nobody made.
    const contracts = own.contracts.map((contract) => ({ ...contract, freePerMonth: {} }));
    const book = priceBook({ ...own, contracts });
    let loaded = false;
    const load = (): void => void (loaded = true);
    book.prepare().then(load, load);
    while (!loaded) yield;
    return yield* findWaste({ rows, recognise, prices: book }, span);
  }

  return ({ name, question }: CostQuestion): Generator<void, CostQuestions[keyof CostQuestions][1]> => {
    switch (name) {
      case 'costTable':
        return costTable({ rows, recognise, teams: question.teams }, question);
      case 'costSeries':
        return costSeries({ rows, recognise, teams: question.teams }, question);
      case 'costSummary':
        return costSummary({ rows, recognise, teams: question.teams }, question);
      case 'costWaste':
        return waste(question);
      case 'costBudgets':
        return budgetRows({ rows, recognise }, question);
    }
  };
}
