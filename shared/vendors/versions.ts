import type { Deprecation } from '../model/metering.ts';
import type { ExchangeHead } from './exchange.ts';
import { headLines, LINE, lineValue } from './head-lines.ts';

/** A version as vendors write it: `2023-06-01`, `2024-10`, `2025-09-30.clover`, `v1`, `1.2`, `202409`. */
const VERSION = /^v?\d[\w.+-]{0,40}$/i;
const ACCEPT = /;[ \t]*version=["']?([\w.-]{1,30})|\bapplication\/vnd\.[\w.-]*?[.-](v\d[\w.]{0,10})(?:[+;,]|[ \t]|$)/i;
const PARAMETER = /(?:^|&)(?:api-version|api_version|apiversion|v|version)=([\w.-]{1,30})(?:&|$)/i;
const IN_PATH = /^v\d{1,3}(?:[._]\d{1,3}){0,2}(?:(?:alpha|beta|p\d+beta|rc)\d*)?$/i;

/**
 * The version of the API that a call asked for or was answered with; null when nothing says one. What the answer says
 * wins (`Stripe-Version`, `X-Shopify-API-Version`), then request fields, `Accept`, the query (`api-version=` of Azure),
 * and last the path (`/v1/`, `/admin/api/2024-01/`, `/2010-04-01/`).
 */
export function readApiVersion(head: ExchangeHead): string | null {
  return (
    versionIn(head.responseLines) ??
    versionIn(head.requestLines) ??
    inAccept(head.requestLines) ??
    inQuery(head.query) ??
    inPath(head.path)
  );
}

function versionIn(block: string): string | null {
  if (block === '') return null;
  const lines = headLines(block);
  if ((lines.all & LINE.version) === 0) return null;
  for (let index = 0; index < lines.count; index += 1) {
    if ((lines.kinds[index]! & LINE.version) === 0) continue;
    const said = lineValue(block, lines, index, 80).slice(0, 60);
    if (VERSION.test(said)) return said;
  }
  return null;
}

/** What `Accept` values say; they are few. */
const accepted = new Map<string, string | null>();
const REMEMBERED = 1000;

function inAccept(block: string): string | null {
  const lines = headLines(block);
  if ((lines.all & LINE.accept) === 0) return null;
  for (let index = 0; index < lines.count; index += 1) {
    if ((lines.kinds[index]! & LINE.accept) === 0) continue;
    const value = lineValue(block, lines, index);
    let said = accepted.get(value);
    if (said === undefined) {
      const found = ACCEPT.exec(value);
      said = found?.[1] ?? found?.[2] ?? null;
      if (accepted.size >= REMEMBERED) accepted.clear();
      accepted.set(value, said);
    }
    if (said !== null) return VERSION.test(said) ? said : null;
  }
  return null;
}

function inQuery(query: string): string | null {
  const said = query === '' ? undefined : PARAMETER.exec(query)?.[1];
  return said !== undefined && (/^\d{4}-\d\d/.test(said) || IN_PATH.test(said) || /^\d{1,2}\.\d{1,3}$/.test(said))
    ? said
    : null;
}

/** The first part that is one, among the first four: deeper ones are somebody's releases. */
function inPath(path: string): string | null {
  let from = 1;
  let before = '';
  for (let part = 0; part < 4 && from < path.length; part += 1) {
    const slash = path.indexOf('/', from);
    const to = slash < 0 ? path.length : slash;
    const segment = path.slice(from, to);
    if (IN_PATH.test(segment)) return segment;
    const after = before === '' || before === 'api' || before === 'rest';
    // Dates and bare figures are versions only where those are written.
    if (after && (/^20\d\d-[01]\d(?:-[0-3]\d)?$/.test(segment) || /^\d{1,2}(?:\.\d{1,2})?$/.test(segment)))
      return segment;
    before = segment;
    from = to + 1;
  }
  return null;
}

/**
 * What an answer announces of its endpoint: `Deprecation` (RFC 9745; the older `true` and HTTP dates), `Sunset` (RFC
 * 8594), `Link` with these relations, `Warning: 299` that says so, and vendors' own (`X-Shopify-API-Deprecated-Reason`,
 * `X-API-Deprecation-Date`). Null when it announces nothing. Times in microseconds; what is no time is null.
 */
export function readDeprecation(responseLines: string): Deprecation | null {
  if (!mayAnnounce(responseLines)) return null;
  let found = false;
  let deprecatedAt: number | null = null;
  let sunsetAt: number | null = null;
  let link: string | null = null;
  for (const line of responseLines.split('\n').slice(0, 200)) {
    const colon = line.indexOf(':');
    if (colon < 4) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1, colon + 2000).trim();
    switch (name) {
      case 'deprecation':
      case 'x-api-deprecation-date':
      case 'x-api-deprecated':
      case 'x-api-deprecation':
      case 'x-deprecated':
      case 'x-deprecation-date': {
        if (/^(?:false|\?0|no|0|)$/i.test(value)) break;
        const at = timeOf(value);
        // `version="v1"` and words of vendors say that it is, not when.
        if (at === null && name === 'deprecation' && !/^(?:true|\?1|version=)/i.test(value)) break;
        found = true;
        deprecatedAt ??= at;
        break;
      }
      case 'sunset':
      case 'x-api-sunset':
      case 'x-sunset': {
        const at = timeOf(value);
        if (at === null) break;
        found = true;
        // The soonest counts, of several.
        sunsetAt = sunsetAt === null ? at : Math.min(sunsetAt, at);
        break;
      }
      case 'x-shopify-api-deprecated-reason':
      case 'x-api-deprecated-reason':
        found = true;
        link ??= /https?:\/\/[^\s"<>]{1,500}/.exec(value)?.[0] ?? null;
        break;
      case 'warning':
        if (/^299\b/.test(value) && /deprecat|sunset/i.test(value)) found = true;
        break;
      case 'link': {
        const said = relatedLink(value);
        if (said === null) break;
        // Sunset links may stand on every answer, as a policy: alone they announce nothing (RFC 8594 §6).
        if (said.deprecation) found = true;
        if (link === null || said.deprecation) link = said.address;
        break;
      }
      default:
    }
  }
  return found ? { deprecatedAt, sunsetAt, link } : null;
}

/** Links are on many answers, and most lead to the next page. */
function mayAnnounce(block: string): boolean {
  if (block === '') return false;
  const lines = headLines(block);
  if ((lines.all & LINE.notice) !== 0) return true;
  if ((lines.all & LINE.link) === 0) return false;
  for (let index = 0; index < lines.count; index += 1)
    if ((lines.kinds[index]! & LINE.link) !== 0 && RELATIONS.test(lineValue(block, lines, index))) return true;
  return false;
}

const RELATIONS = /deprecation|sunset/i;
const LINK = /<([^<>]{1,500})>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]{0,300}"|[^\s;,"]{1,300}))*)/g;

function relatedLink(value: string): { address: string; deprecation: boolean } | null {
  let sunset: string | null = null;
  for (const [, address, parameters] of value.matchAll(LINK)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters!);
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    if (names.includes('deprecation')) return { address: address!, deprecation: true };
    if (names.includes('sunset')) sunset ??= address!;
  }
  return sunset === null ? null : { address: sunset, deprecation: false };
}

/** `@1688169599` (structured date), an HTTP date, an ISO date; null for anything else and for years out of the question. */
function timeOf(value: string): number | null {
  const structured = /^@(\d{1,12})(?:;|$)/.exec(value)?.[1];
  let millis = Number.NaN;
  if (structured !== undefined) millis = Number(structured) * 1000;
  else if (/^[A-Z][a-z]{2,8}, \d|^\d{4}-\d\d-\d\d(?:$|[T ])/.test(value)) millis = Date.parse(value);
  return millis >= Date.UTC(2000) && millis < Date.UTC(2100) ? millis * 1000 : null;
}
