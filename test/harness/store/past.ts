import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { StoreReader } from '../../../electron/engine/store/store-reader.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { createAnswers } from '../../../electron/engine/analytics/backtest/answers.ts';
import { createKeptHistory } from '../../../electron/engine/analytics/backtest/kept-history.ts';
import type { Asked, WhatIfName, WhatIfs } from '../../../electron/engine/analytics/backtest/questions.ts';
import { tellHosts } from '../../../electron/engine/analytics/backtest/vendor-words.ts';
import { createPictures } from '../../../electron/engine/analytics/picture/pictures.ts';
import { fold, meter, type CallRecord } from '../../../shared/events/fold.ts';
import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import { UNMETERED } from '../../../shared/model/metering.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { usageOf, handCall } from '../../fixtures/cost-rows.ts';
import { factsOf } from '../recorder.ts';

/** Midnight in UTC, a Monday; a whole multiple of every window in the tests. */
export const START = Date.UTC(2026, 10, 2) * 1000;
export const SECOND = 1_000_000;

/** A call that was made; times in seconds after `START`. */
export interface PastCall {
  at: number;
  lasts?: number;
  app?: string | null;
  host?: string;
  method?: string;
  path?: string;
  status?: number;
  tags?: Record<string, string> | null;
  credential?: string | null;
  endpoint?: string | null;
  /** Null: unknown. Left out: not metered. */
  costNanoUsd?: number | null;
  tokens?: number;
  model?: string;
  headers?: string;
  answerHeaders?: string;
  limits?: LimitReading;
}

/** Puts calls into a real store, numbered from `first` on. */
export function storePast(dataDir: string, calls: readonly PastCall[], first = 1): void {
  const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => START / 1000 });
  const closed = calls.map((call, index) => recordOf(call, first + index));
  store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], callHigh: first + calls.length }, true);
  store.settle();
  store.close();
}

function recordOf(call: PastCall, id: number): CallRecord {
  const {
    at,
    lasts = 0.1,
    app = 'billing',
    host = 'api.openai.com',
    method = 'POST',
    path = '/v1/chat/completions',
  } = call;
  const record = factsOf(id, {
    opened: {
      startedAt: START + Math.round(at * SECOND),
      app,
      host,
      method,
      target: path,
      tags: call.tags ?? null,
      ...(call.headers !== undefined && { headers: call.headers }),
    },
    answered: {
      status: call.status ?? 200,
      at: Math.min(1500, Math.round(lasts * SECOND)),
      ...(call.answerHeaders !== undefined && { headers: call.answerHeaders }),
    },
    closed: { at: Math.round(lasts * SECOND), responseBytes: 1000 },
  }).reduce<CallRecord | null>(fold, null)!;
  const { costNanoUsd, limits = null, credential = null, endpoint = null } = call;
  meter(record, {
    ...UNMETERED,
    endpoint,
    credential,
    limits,
    usage:
      costNanoUsd === undefined
        ? null
        : usageOf(handCall({ input: call.tokens ?? 100, output: 0, model: call.model ?? 'gpt-5' })),
    cost:
      costNanoUsd === undefined
        ? null
        : {
            nanoUsd: costNanoUsd,
            provenance: costNanoUsd === null ? 'none' : 'reported',
            price: null,
            priceVersion: null,
            lines: [],
            vendorNanoUsd: null,
            why: null,
          },
  });
  return record;
}

/** Everything recorded. */
export const ALL: Asked = {
  since: START,
  until: START + 86_400 * SECOND,
  tree: null,
  callers: 'as-recorded',
  now: START + 86_400 * SECOND,
};

/** Asks what would have been, in this thread. */
export interface AskPast {
  reader: StoreReader;
  ask<Name extends WhatIfName>(name: Name, question: WhatIfs[Name][0]): WhatIfs[Name][1];
}

export function openPast(dataDir: string): AskPast {
  const reader = createStoreReader(dataDir);
  const pictures = createPictures({ reader, createCatalogue });
  const kept = createKeptHistory(reader, () => tellHosts(pictures.now(), reader.sightings({})));
  const answer = createAnswers({ reader, kept });
  return {
    reader,
    ask(name, question) {
      const search = answer({ id: 1, name, question } as Parameters<typeof answer>[0]);
      let step = search.next();
      while (!step.done) step = search.next();
      return step.value as WhatIfs[typeof name][1];
    },
  };
}
