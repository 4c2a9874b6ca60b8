/** Headers that differ from answer to answer by themselves, each with why; names in lower case. */
const ALWAYS: Readonly<Record<string, string>> = {
  date: 'when it was answered',
  age: 'how long a cache has had it',
  expires: 'counted from when it was answered',
  'last-modified': 'when it was made, often right now; what changed in it shows in the body',
  etag: 'stands for the body, which is compared itself',
  'content-length': 'follows from the body',
  'content-md5': 'follows from the body',
  digest: 'follows from the body',
  'content-digest': 'follows from the body',
  'repr-digest': 'follows from the body',
  'transfer-encoding': 'of this connection only',
  connection: 'of this connection only',
  'keep-alive': 'of this connection only',
  'alt-svc': 'where else the server is',
  nel: 'where browsers report errors',
  'report-to': 'where browsers report errors',
  'reporting-endpoints': 'where browsers report errors',
  'server-timing': 'how long it took',
  'x-runtime': 'how long it took',
  'x-response-time': 'how long it took',
  'x-process-time': 'how long it took',
  'x-envoy-upstream-service-time': 'how long it took',
  'openai-processing-ms': 'how long it took',
  'retry-after': 'depends on what was asked before',
  'idempotency-key': 'of this request',
  'original-request': 'of the first request with the same idempotency key',
  'idempotent-replayed': 'whether the vendor had seen the request before',
  via: 'the way it took',
  'x-served-by': 'which machine answered',
  'x-cache': 'whether a cache had it',
  'x-cache-hits': 'whether a cache had it',
  'cf-cache-status': 'whether a cache had it',
  'x-timer': 'how long it took',
  'cf-ray': 'names this answer',
  'x-amz-cf-id': 'names this answer',
  'x-amz-cf-pop': 'which machine answered',
  'x-amz-id-2': 'names this answer',
  'x-amzn-trace-id': 'names this answer',
  'x-cloud-trace-context': 'names this answer',
  'x-github-request-id': 'names this answer',
  'x-guploader-uploadid': 'names this answer',
  traceparent: 'names this answer',
  tracestate: 'names this answer',
  'x-b3-traceid': 'names this answer',
  'x-b3-spanid': 'names this answer',
  'x-nonce': 'random',
};

/** Parts of names that say the same. */
const ENDINGS: readonly (readonly [shape: RegExp, why: string])[] = [
  [/(?:^|-)(?:request|correlation|trace|transaction)-?id$/, 'names this answer'],
  [/(?:^|-)rate-?limit(?:-|$)/, 'what is left of a limit'],
];

/** Why a header differs from answer to answer by itself; null for one that does not. `name` in any case. */
export function whyHeaderVaries(name: string): string | null {
  const lower = name.toLowerCase();
  return ALWAYS[lower] ?? ENDINGS.find(([shape]) => shape.test(lower))?.[1] ?? null;
}
