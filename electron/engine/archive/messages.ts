import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import type { Removal, Removed } from '../store/calls-remover.ts';
import type { CoverageReport } from '../store/coverage-rows.ts';
import type { CostChange, EndpointMerge, RepricingRecord } from '../store/picture-rows.ts';
import type { PoliciesKept, PolicyVersionText } from '../store/policy-versions.ts';
import type { Marking } from '../store/marks.ts';
import type { Budgets } from '../store/store.ts';
import type { MeteredCallReport } from './metered-calls.ts';
import type { RatesQuestion } from './price-ahead.ts';
import type { Secret } from './secrets.ts';
import type { CeilingRates } from '../../../shared/ledger/price-book.ts';
import type { Correction } from '../../../shared/endpoints/corrections.ts';
import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';
import type { CountedMonths } from '../../../shared/ledger/month-counts.ts';
import type { PricesFile } from '../../../shared/ledger/prices-file.ts';

/** What the archive's two halves say to each other. */
export interface WorkerSettings {
  dataDir: string;
  budgets: Budgets;
  bodyLimit: number;
  heldLimit: number;
  redaction: OwnNames;
  metering: MeteringSettings;
}

/** What people here say of vendors and prices, as far as the recorder goes by it. */
export interface MeteringSettings {
  ownVendors: readonly OwnVendor[];
  /** Of paths: which are one, and which stay on their own. */
  corrections: readonly Correction[];
  prices: PricesFile;
  /** What the month had used before, for tiers and free tiers. */
  counted?: CountedMonths;
}

/** A user's own names for redaction: more that are secrets, and some that are none. */
export interface OwnNames {
  names: readonly string[];
  plain: readonly string[];
}

/** Work on what is stored, each with what it gives. */
export interface Chores {
  mark: [asked: Marking, result: { marked: number }];
  /** Endpoints that count as others from now on, also in calls of before. */
  mergeEndpoints: [asked: readonly EndpointMerge[], result: { merged: number }];
  /** Changes what calls cost; how many of them changed. Some hundreds at a time. */
  reprice: [asked: readonly CostChange[], result: { changed: number }];
  /** Keeps what a repricing changed. */
  addRepricing: [asked: RepricingRecord, result: { id: number }];
  /** Keeps a text of policies.yaml that is in force. */
  addPolicyVersion: [asked: PolicyVersionText, result: null];
  /** The newest of them. */
  policiesKept: [asked: null, result: PoliciesKept];
  /** Adds to an hour's coverage: how many connections have a row of their own, how many are only counted. */
  coverage: [asked: CoverageReport, result: { listed: number; unlisted: number }];
  remove: [asked: Removal, result: Removed];
  /** A step towards deleting bodies that only removed calls had; whether there is more to do. */
  removeUnusedBodies: [asked: null, result: { more: boolean }];
  /** A step towards giving unused room back: bytes that still wait for it. */
  compact: [asked: null, result: { left: number }];
}
export type ChoreName = keyof Chores;
export type Chore = { [Name in ChoreName]: { name: Name; asked: Chores[Name][0] } }[ChoreName];

export type ToWorker =
  /** Facts. `full`: the slab is sent because no more fits, so more is coming. */
  | { type: 'slab'; slab: ArrayBuffer; length: number; full: boolean }
  /** Who is behind a `processKey`. */
  | { type: 'process'; key: string; identity: ProcessIdentity }
  | { type: 'flush'; id: number }
  | { type: 'secrets'; id: number; call: number }
  | { type: 'chore'; id: number; chore: Chore }
  /** From the next fact on; what is stored is evicted down to smaller budgets in steps. */
  | { type: 'configure'; settings: Pick<WorkerSettings, 'budgets' | 'bodyLimit' | 'heldLimit' | 'redaction'> }
  /** From the next call on; calls that are open are priced by it too. */
  | { type: 'configure-metering'; settings: MeteringSettings }
  /** What these used is waited for; said before a fact of theirs. */
  | { type: 'await'; calls: number[] }
  | { type: 'rates'; id: number; question: RatesQuestion }
  /** Close the calls that are open now as interrupted; what is still said of them is not heard. */
  | { type: 'interrupt' }
  /** Write what there is and end; give up on a troubled disk after `patienceMs`. */
  | { type: 'stop'; patienceMs: number };

export type FromWorker =
  | { type: 'ready'; firstCallId: number }
  /** These slabs are on disk and may be used again. */
  | { type: 'committed'; seq: number; recorded: number; open: number; slabs: ArrayBuffer[]; sizes: number[] }
  /** Who these are is on disk. */
  | { type: 'noted'; keys: string[] }
  | { type: 'flushed'; id: number }
  | { type: 'secrets'; id: number; secrets: Secret[] }
  | { type: 'metered'; calls: MeteredCallReport[] }
  | { type: 'rates'; id: number; rates: CeilingRates | null }
  | { type: 'did'; id: number; result: unknown }
  | { type: 'failed'; id: number; message: string }
  /** Null when the trouble is over. */
  | { type: 'trouble'; message: string | null }
  | { type: 'log'; line: string }
  | { type: 'stopped'; lost: number }
  /** The databases cannot be opened at all. */
  | { type: 'refused'; message: string };
