import type { Usage } from '../../../../../shared/model/usage.ts';
import type { MeteredCall } from '../../../store/picture-rows.ts';

/** A metered call as far as finding waste goes: many are held at once, so it is without the vendor's own words. */
export interface SpentCall {
  id: number;
  startedAt: number;
  app: string | null;
  vendor: string;
  host: string;
  endpoint: string | null;
  method: string;
  model: string | null;
  credential: string | null;
  status: number | null;
  /** Answered with 2xx, and whole. */
  answered: boolean;
  cut: boolean;
  /** The stored request: the same number, the same bytes; null when it was not kept. */
  requestBody: number | null;
  nanoUsd: number | null;
  /** Null for what is not counted in tokens. */
  input: number | null;
  output: number | null;
  reasoning: number | null;
  maxOutput: number | null;
  /** What a smaller model of the vendor would have cost; null when nobody offers one, or knows. */
  smaller: { model: string; nanoUsd: number } | null;
}

export function spentCall(call: MeteredCall, vendor: string, smaller: SpentCall['smaller']): SpentCall {
  const { id, startedAt, app, host, endpoint, method, credential, status, requestBody, costNanoUsd, usage } = call;
  const cut = usage?.cut ?? false;
  return {
    id,
    startedAt,
    app,
    vendor,
    host,
    endpoint,
    method,
    model: modelOf(usage),
    credential,
    status,
    answered: status !== null && status >= 200 && status < 300 && !cut,
    cut,
    requestBody,
    nanoUsd: costNanoUsd,
    input: usage?.tokens?.input ?? null,
    output: usage?.tokens?.output ?? null,
    reasoning: usage?.tokens?.reasoning ?? null,
    maxOutput: usage?.maxOutput ?? null,
    smaller,
  };
}

/** The model that answered; the one that was asked for, when the answer does not say. */
export function modelOf(usage: Usage | null): string | null {
  return usage?.model ?? usage?.requestModel ?? null;
}
