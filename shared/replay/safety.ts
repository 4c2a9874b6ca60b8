import type { SafetyQuestion } from '../model/replay.ts';
import { formatMoney } from '../format/money.ts';

/** What is known of a request that is about to be sent again. */
export interface AboutToSend {
  method: string;
  host: string;
  /** Loopback and private addresses: what is broken there is one's own. */
  isPrivate: boolean;
  /** What the recorded call cost; null when that is not known or it was free. */
  nanoUsd: number | null;
  /** Whether its credential belongs to a vendor's test mode. */
  isTestKey: boolean;
  /** A GraphQL document that only asks. */
  onlyAsks: boolean;
  /** How the origin can tell it from the recorded one: the same key, a fresh one, or none at all. */
  idempotencyKey: 'same' | 'fresh' | null;
  /** The environment says that this host is production. */
  isProduction: boolean;
}

/** Change nothing by definition (RFC 9110 §9.2.1, and QUERY of the HTTP working group). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH']);
/** Do the same however often they come (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(['PUT', 'DELETE']);
/** How hosts that are there to be tried are called. */
const TRIAL = /(?:^|[.-])(?:sandbox|staging|stage|test|testing|dev|qa|uat|preview|mock|demo|localhost)(?:[.\d-]|$)/i;
const TRIAL_TLD = /\.(?:test|local|localhost|internal|example|invalid)$/i;

/** Whether a host's name says that it is there to be tried. */
export function isTrialHost(host: string): boolean {
  return TRIAL.test(host) || TRIAL_TLD.test(host);
}

/**
 * What has to be confirmed before a request is sent again; empty when nothing has. A reason is given once; the sentences
 * say what would happen.
 */
export function questionsBefore(about: AboutToSend): SafetyQuestion[] {
  const { method, host, isPrivate, nanoUsd, isTestKey, onlyAsks, idempotencyKey, isProduction } = about;
  const found: SafetyQuestion[] = [];
  const isTrial = isPrivate || isTestKey || isTrialHost(host);
  const safe = SAFE.has(method) || onlyAsks;
  if (isProduction)
    found.push({ reason: 'production', says: `The environment calls ${host} production.`, nanoUsd: null });
  if (!safe && !isTrial) {
    if (IDEMPOTENT.has(method))
      found.push({
        reason: 'production',
        says: `${method} changes what is stored at ${host}, for good.`,
        nanoUsd: null,
      });
    else if (idempotencyKey !== 'same')
      found.push({
        reason: 'not-idempotent',
        says:
          idempotencyKey === 'fresh'
            ? `${method} to ${host} counts as a new request: it carries a new Idempotency-Key.`
            : `${method} to ${host} may be done a second time.`,
        nanoUsd: null,
      });
  }
  if (nanoUsd !== null && nanoUsd > 0 && !isPrivate)
    found.push({
      reason: 'paying',
      says: `Sending it is billed again: the recorded call cost ${formatMoney(nanoUsd)}.`,
      nanoUsd,
    });
  return found;
}

/** Whether a GraphQL document only asks: every operation of it is a query. A document that cannot be told is not one. */
export function isGraphqlQuery(document: string): boolean {
  const bare = document.replace(/"""[^]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, ' ');
  if (bare.trim() === '') return false;
  return !/(?:^|[\s}])(?:mutation|subscription)\b/.test(bare);
}
