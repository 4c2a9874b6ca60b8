import { amountOf } from '../../../shared/ledger/amounts.ts';
import type { CeilingRates } from '../../../shared/ledger/price-book.ts';
import type { PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { Tier } from '../../../shared/model/usage.ts';

/** A call that is about to leave, as far as its price depends on it. */
export interface PriceQuestion {
  host: string;
  method: string;
  /** Without the query. */
  path: string;
  /** As learned; null: not known. */
  endpoint: string | null;
  /** As the request names it; null: it names none. */
  model: string | null;
  tier?: Tier | null;
  app: string | null;
  credential: string | null;
  /** Null: not known. */
  inputTokens: number | null;
  /** Null: the request does not say; what the model writes at most is taken then. */
  maxOutput: number | null;
}

/** What it costs at most. */
export interface PriceAhead {
  /** Null: not known. */
  ceilingNanoUsd: number | null;
  /** Null: not known, or it has no output that is charged. */
  nanoUsdPerOutputToken: number | null;
  /** What the ceiling was worked out with: the request’s own, else the model’s. */
  maxOutput: number | null;
}

/** What is asked of the thread that has the tables. `inputTokens`: prices of models change with what is read. */
export type RatesQuestion = Omit<PriceQuestion, 'inputTokens' | 'maxOutput'> & { inputTokens: number };

export interface PricesAhead {
  /** At once where such a call was asked about before; else when the tables were looked into. Never rejects. */
  ask(question: PriceQuestion): PriceAhead | Promise<PriceAhead>;
  /** Prices changed. `personal`: some are of apps or credentials. */
  forget(personal: boolean): void;
}

export const UNKNOWN_PRICE: PriceAhead = Object.freeze({
  ceilingNanoUsd: null,
  nanoUsdPerOutputToken: null,
  maxOutput: null,
});

/** Endpoints and models remembered. */
const REMEMBERED = 4096;
/** Prices change with the day, and some with the hour. */
const FRESH_MS = 300_000;
/** A call does not wait longer for its price. */
const PATIENCE_MS = 2000;
/** Where prices of models change with what is read; between them all pay the same. */
const STEPS = [32_000, 64_000, 128_000, 200_000, 256_000, 272_000, 512_000, 1_000_000] as const;

export function createPricesAhead(
  rates: (question: RatesQuestion) => Promise<CeilingRates | null>,
  now: () => number = Date.now,
): PricesAhead {
  const known = new Map<string, { rates: CeilingRates | null; until: number }>();
  const asked = new Map<string, Promise<CeilingRates | null>>();
  let personal = false;
  let edition = 0;

  async function look(key: string, question: PriceQuestion): Promise<CeilingRates | null> {
    const { inputTokens, maxOutput: _, ...rest } = question;
    const mine = edition;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, 'late').unref();
    });
    try {
      const found = await Promise.race([rates({ ...rest, inputTokens: topOf(inputTokens ?? 0) }), late]);
      if (found === 'late') return null;
      if (mine === edition) {
        if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
        known.set(key, { rates: found, until: now() + FRESH_MS });
      }
      return found;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      asked.delete(key);
    }
  }

  return {
    ask(question) {
      const key = keyOf(question, personal);
      const found = known.get(key);
      if (found !== undefined) {
        if (found.until > now()) return priceOf(question, found.rates);
        known.delete(key);
      }
      let answer = asked.get(key);
      if (answer === undefined) asked.set(key, (answer = look(key, question)));
      return answer.then((one) => priceOf(question, one));
    },
    forget(nowPersonal) {
      personal = nowPersonal;
      edition += 1;
      known.clear();
      asked.clear();
    },
  };
}

function keyOf(question: PriceQuestion, personal: boolean): string {
  const { host, method, path, endpoint, model, tier, app, credential, inputTokens } = question;
  const whose = personal ? `\n${app}\n${credential}` : '';
  return `${host}\n${method}\n${endpoint ?? shapeOf(path)}\n${model}\n${tier ?? ''}\n${topOf(inputTokens ?? 0)}${whose}`;
}

/** A path without what is an id in it: no price depends on that, and there are too many. */
function shapeOf(path: string): string {
  return path.length < 12 ? path : path.replace(/[^/]{25,}|(?=[^/]{6,}\d)[^/]*\d[^/]*\d[^/]*/g, '*');
}

/** The most that is read where such a price holds. */
function topOf(inputTokens: number): number {
  return STEPS.find((step) => inputTokens <= step) ?? Math.max(inputTokens, 2_000_000);
}

function priceOf({ inputTokens, maxOutput }: PriceQuestion, rates: CeilingRates | null): PriceAhead {
  if (rates === null) return UNKNOWN_PRICE;
  const { input, output, feeNanoUsd, mostOutput } = rates;
  const most = maxOutput ?? mostOutput;
  const perToken = output.nanoUsd / (output.per === 'million' ? 1_000_000 : 1);
  const readKnown = inputTokens !== null || input.nanoUsd === 0;
  const writtenKnown = most !== null || output.nanoUsd === 0;
  return {
    ceilingNanoUsd:
      readKnown && writtenKnown ? amountOf(inputTokens ?? 0, input) + amountOf(most ?? 0, output) + feeNanoUsd : null,
    nanoUsdPerOutputToken: perToken > 0 ? perToken : null,
    maxOutput: most,
  };
}

/** Whether some prices are of apps or credentials: then others pay other prices. */
export function hasPersonalPrices({ units, models, contracts }: PricesFile): boolean {
  return [...units, ...models, ...contracts].some((row) => 'app' in row || 'credential' in row);
}
