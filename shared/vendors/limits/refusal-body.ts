/** What an error body says, in one shape: the vendors' own words are looked for at the places where they stand. */
export interface Refusal {
  /** Codes, types and reasons, lower case: `rate_limit_exceeded`, `resource_exhausted`, `20429` … */
  codes: ReadonlySet<string>;
  /** Free text for people, lower case, at most 2,000 chars. */
  message: string;
  /** Ids of quotas that were used up (Google): `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  quotas: readonly { id: string; metric: string; limit: number | null }[];
  /** How long to wait, as it stands there: `37s`, or a number of seconds. */
  retryAfter: string | null;
}

/** Longer bodies are no refusals. */
const LONGEST = 64 * 1024;
const CODE_NAMES: ReadonlySet<string> = new Set([
  'code',
  'type',
  '__type',
  'error',
  'errorcode',
  'reason',
  'status',
  'policyname',
  'errortype',
]);
const DEEPEST = 6;
const MOST = 500;

/** Reads JSON (and the XML of AWS); null when there is nothing to read. Never throws. */
export function readRefusal(body: string | null): Refusal | null {
  if (body === null || body === '' || body.length > LONGEST) return null;
  const text = body.trimStart();
  if (text.startsWith('<')) return readXml(text);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  const codes = new Set<string>();
  const quotas: { id: string; metric: string; limit: number | null }[] = [];
  let message = '';
  let retryAfter: string | null = null;
  let left = MOST;

  function look(value: unknown, name: string, depth: number): void {
    left -= 1;
    if (left < 0 || depth > DEEPEST || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value) look(one, name, depth + 1);
      return;
    }
    if (typeof value === 'object') {
      const object = value as Record<string, unknown>;
      const quota = object['quotaId'];
      if (typeof quota === 'string') {
        const metric = object['quotaMetric'];
        const limit = Number(object['quotaValue'] ?? Number.NaN);
        quotas.push({
          id: quota.slice(0, 120),
          metric: typeof metric === 'string' ? metric.slice(0, 120) : '',
          limit: limit >= 0 && limit <= 1e15 ? limit : null,
        });
      }
      for (const key of Object.keys(object)) look(object[key], key.toLowerCase(), depth + 1);
      return;
    }
    if (typeof value !== 'string' && typeof value !== 'number') return;
    const word = String(value);
    if (CODE_NAMES.has(name)) codes.add(word.slice(0, 200).toLowerCase());
    if (name === 'message' || name === 'error' || name === 'detail') message += ` ${word.toLowerCase()}`;
    // Google's RetryInfo; Discord's, Telegram's and Slack's own.
    if (name === 'retrydelay' || name === 'retry_after') retryAfter ??= word.slice(0, 40);
  }
  look(said, '', 0);
  return { codes, message: message.slice(0, 2000), quotas, retryAfter };
}

/** `<ErrorResponse><Error><Code>Throttling</Code>…`, `<Error><Code>SlowDown</Code>…`. */
function readXml(text: string): Refusal | null {
  const code = /<Code>\s*([\w.]{1,100})\s*<\/Code>/i.exec(text)?.[1];
  const message = /<Message>([^<]{0,2000})<\/Message>/i.exec(text)?.[1] ?? '';
  if (code === undefined) return null;
  return { codes: new Set([code.toLowerCase()]), message: message.toLowerCase(), quotas: [], retryAfter: null };
}
