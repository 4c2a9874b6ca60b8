import type { Tags } from '../../../../shared/model/caller.ts';
import type { Source } from '../../../../shared/model/call.ts';
import type { VendorCategory, VendorStatus } from '../../../../shared/model/vendor.ts';
import type { CallEstimate, CallFacts } from '../../../../shared/policies/facts.ts';
import type { HistoryDetails } from '../../store/history-rows.ts';
import type { Caller } from './callers.ts';
import type { History } from './history.ts';

/** What is read of a call beside its row, when a policy asks for it. */
export interface BesideRow {
  header(id: number, name: string): string | null;
  /** Null: nothing was read out of the call, or it is not kept. */
  details(id: number, at: number): HistoryDetails | null;
  /** What it may have cost at most, as its caller could have known before. */
  estimate(row: number): CallEstimate | null;
}

/**
 * The facts of a recorded call: a row, and getters that look up what is asked for. A class, since a backtest makes one for
 * each call: getters on the prototype cost nothing to make.
 */
export class RecordedFacts implements CallFacts {
  // Declared only: fields that are defined before they are set are set twice.
  declare readonly at: number;
  declare readonly row: number;
  declare private readonly history: History;
  declare private readonly who: Caller;
  declare private readonly beside: BesideRow;

  /** `at`: when it is tried, which is later than recorded for one that tries again. */
  constructor(history: History, who: Caller, beside: BesideRow, row: number, at: number) {
    this.history = history;
    this.who = who;
    this.beside = beside;
    this.row = row;
    this.at = at;
  }

  get call(): number {
    return this.history.id[this.row]!;
  }
  get source(): Source {
    return this.who.source;
  }
  get app(): string | null {
    return this.who.app;
  }
  get process(): string | null {
    return this.who.process;
  }
  get package(): string | null {
    return this.who.package;
  }
  get vendor(): string | null {
    return this.who.vendor;
  }
  get service(): string | null {
    return this.who.service;
  }
  get category(): VendorCategory | null {
    return this.who.category;
  }
  get status(): VendorStatus | null {
    return this.who.statusAt(this.at);
  }
  get data(): readonly string[] {
    return this.who.data;
  }
  get country(): string | null {
    return this.who.country;
  }
  get scheme(): CallFacts['scheme'] {
    return this.who.scheme;
  }
  get host(): string {
    return this.who.host;
  }
  get port(): number {
    return this.who.port;
  }
  get method(): string {
    return this.who.method;
  }
  get path(): string {
    return this.who.isTunnel ? '' : this.history.targetOf(this.row).path;
  }
  get query(): string {
    return this.who.isTunnel ? '' : this.history.targetOf(this.row).query;
  }
  get endpoint(): string | null {
    return this.who.endpoint;
  }
  get credential(): string | null {
    return this.who.credential;
  }
  get tags(): Tags | null {
    return this.history.tagsOf(this.row);
  }
  get environment(): string | null {
    return this.tags?.['environment'] ?? null;
  }
  header(name: string): string | null {
    return this.beside.header(this.call, name);
  }
  get requestBytes(): number | null {
    const bytes = this.history.requestBytes.at(this.row);
    return bytes < 0 ? null : bytes;
  }
  get model(): string | null {
    return this.beside.details(this.call, this.history.at[this.row]!)?.requestModel ?? null;
  }
  get estimate(): CallEstimate | null {
    return this.beside.estimate(this.row);
  }
}
