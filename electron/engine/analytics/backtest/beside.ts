import type { CallEstimate, ConnectionFacts } from '../../../../shared/policies/facts.ts';
import type { HistoryDetails, HistoryReader } from '../../store/history-rows.ts';
import type { History } from './history.ts';
import type { BesideSimulation } from './simulate.ts';

/** Details that are kept for the next run. */
const MOST_KEPT = 100_000;

/** What is read beside the columns, call by call, and how much of it was. */
export interface Beside extends BesideSimulation {
  /** Calls whose headers, and whose details, were looked at; of the latter, how many were not kept. */
  readonly looked: { headers: number; details: number; gone: number };
  /** Begins to count anew. */
  reset(): void;
}

export function createBeside(history: History, reader: HistoryReader): Beside {
  const kept = new Map<number, HistoryDetails | null>();
  const looked = { headers: 0, details: 0, gone: 0 };
  const models = new Map<number, string>();
  let lastHeader = -1;

  function details(id: number, at: number): HistoryDetails | null {
    let known = kept.get(id);
    if (known !== undefined) return known;
    known = reader.historyDetails(id, at);
    looked.details += 1;
    if (known === null) looked.gone += 1;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(id, known);
    return known;
  }

  return {
    looked,
    reset() {
      looked.headers = looked.details = looked.gone = 0;
    },
    header(id, name) {
      if (id !== lastHeader) looked.headers += 1;
      lastHeader = id;
      return reader.requestHeader(id, name);
    },
    details,
    units: (row) => details(history.id[row]!, history.at[row]!)?.units ?? {},
    modelWord(word) {
      if (word === 0) return null;
      let text = models.get(word);
      if (text === undefined) models.set(word, (text = reader.word(word)));
      return text;
    },
    estimate(row): CallEstimate | null {
      const input = history.input.at(row);
      const cost = history.cost.at(row);
      const { maxOutput = null } = details(history.id[row]!, history.at[row]!) ?? {};
      return {
        inputTokens: input < 0 ? null : input,
        maxOutput,
        // What it came to: the dearest it could have become is not recorded.
        ceilingNanoUsd: cost < 0 ? null : cost,
        nanoUsdPerOutputToken: null,
      };
    },
    connection: (row): ConnectionFacts | null => reader.connectionOf(history.id[row]!),
  };
}
