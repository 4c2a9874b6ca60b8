import type { Tier } from '../../../shared/model/usage.ts';
import type { Needs } from '../../../shared/policies/facts.ts';
import { readAhead } from '../../../shared/policies/read-ahead.ts';
import type { RequestFacts } from './request-facts.ts';

/** What the price tables say of a call before it leaves; as `Archive.priceAhead`. */
export type PriceAheadOf = (question: {
  host: string;
  method: string;
  path: string;
  endpoint: string | null;
  model: string | null;
  tier: Tier | null;
  app: string | null;
  credential: string | null;
  inputTokens: number | null;
  maxOutput: number | null;
}) => Ahead | Promise<Ahead>;

interface Ahead {
  ceilingNanoUsd: number | null;
  nanoUsdPerOutputToken: number | null;
  maxOutput: number | null;
}

export interface LookAheadOptions {
  priceAhead: PriceAheadOf;
  /** Undoes a body’s coding; null: it cannot. */
  plainOf(bytes: Buffer, contentEncoding: string | null): Buffer | null;
}

/**
 * Fills in of a call’s facts what stands in its body and what it may cost, as far as its policies need it. Null: it is there
 * now, as nearly always; else it is when the promise resolves.
 */
export function createLookAhead({ priceAhead, plainOf }: LookAheadOptions) {
  return (facts: RequestFacts, needs: Needs, body: readonly Buffer[] | null): Promise<void> | null => {
    if (!needs.body && !needs.price) return null;
    const { host, method, path, query } = facts;
    const said = readAhead(
      { host, method, path, query, requestLines: contentTypeOf(facts) },
      textOf(facts, body, plainOf),
      facts.header('content-encoding') === null ? facts.requestBytes : null,
    );
    const { model, inputTokens, maxOutput, streamed, tier } = said;
    facts.model = model;
    const fill = ({ ceilingNanoUsd, nanoUsdPerOutputToken, maxOutput: most }: Ahead): void => {
      facts.estimate = { inputTokens, maxOutput: most ?? maxOutput, ceilingNanoUsd, nanoUsdPerOutputToken, streamed };
    };
    if (!needs.price) {
      fill({ ceilingNanoUsd: null, nanoUsdPerOutputToken: null, maxOutput });
      return null;
    }
    const { app, credential, endpoint } = facts;
    const price = priceAhead({ host, method, path, endpoint, model, tier, app, credential, inputTokens, maxOutput });
    if (price instanceof Promise) return price.then(fill);
    fill(price);
    return null;
  };
}

function contentTypeOf(facts: RequestFacts): string {
  const type = facts.header('content-type');
  const target = facts.header('x-amz-target');
  const action = facts.header('soapaction');
  return [
    ['content-type', type],
    ['x-amz-target', target],
    ['soapaction', action],
  ]
    .map(([name, value]) => (value === null ? '' : `${name}: ${value}\r\n`))
    .join('');
}

function textOf(
  facts: RequestFacts,
  body: readonly Buffer[] | null,
  plainOf: LookAheadOptions['plainOf'],
): string | null {
  if (body === null || body.length === 0) return null;
  const bytes = body.length === 1 ? body[0]! : Buffer.concat(body);
  const plain = plainOf(bytes, facts.header('content-encoding'));
  return plain === null ? null : plain.latin1Slice(0, plain.length);
}
