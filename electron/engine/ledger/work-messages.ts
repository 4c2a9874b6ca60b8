import type { PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';
import type { CostChange } from '../store/picture-rows.ts';
import type { ReconcileAsked } from './reconcile.ts';
import type { RepriceQuestion } from './reprice.ts';

/** What the ledger's own thread is started with. */
export interface WorkOrder {
  dataDir: string;
  appNames: Readonly<Record<string, string>>;
  ownVendors: readonly OwnVendor[];
  prices: PricesFile;
  task: Task;
}

export type Task =
  | { kind: 'reprice'; question: RepriceQuestion; apply: boolean }
  | { kind: 'reconcile'; asked: ReconcileAsked }
  | { kind: 'count'; now: number };

export type FromWork =
  /** To be written; the next ones come when it was said that these are. */
  | { type: 'changes'; changes: readonly CostChange[] }
  | { type: 'done'; answer: unknown }
  | { type: 'failed'; says: string };

/** Null: written. Else why not. */
export interface ToWork {
  failed: string | null;
}
