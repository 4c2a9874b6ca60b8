import type { AskRow } from '../../../shared/contract/policies.ts';
import { openAlertBook } from './alerts/alert-book.ts';
import { readDecided, type DecisionReader } from './decided.ts';

const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
async function* nobody(): AsyncGenerator<{ asks: AskRow[] }> {
  yield { asks: [] };
}

/** What policies at work are asked, where a store is read without an engine: what is kept is told, no call waits, no counter runs. */
export function withoutGovernor(dataDir: string, reader: DecisionReader, log: (line: string) => void) {
  const book = openAlertBook({ dataDir, now: () => Date.now() * 1000, log });
  return {
    gauges: async () => ({ gauges: [] }),
    decisions: (asked: Parameters<typeof readDecided>[1]) => readDecided(reader, asked),
    alerts: book.alerts,
    showAlert: no,
    changeAlert: no,
    asks: nobody,
    answer: no,
  };
}
