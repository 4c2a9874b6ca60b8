import type { OperationHead } from './endpoints.ts';

const AWS = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::\d+)?$/i;
/** `s3.eu-west-1.amazonaws.com`, `s3-accelerate…`, `BUCKET.s3.eu-west-1…`, `BUCKET.s3-website…`; not `s3tables`. */
const S3 =
  /^(?:(.+)\.)?s3(?:[.-](?:accelerate|dualstack|fips|external-1|website|[a-z]{2}(?:-[a-z]+)+-\d))*\.(?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?(?::\d+)?$/i;
/** What S3 calls the parts of an object or a bucket: parameters without which it would be another operation. */
const PARTS =
  /(?:^|&)(uploads|uploadId|partNumber|acl|tagging|policy|versioning|versions|lifecycle|cors|encryption|location|logging|notification|replication|website|delete|restore|select|torrent|retention|legal-hold|attributes|list-type|accelerate|analytics|inventory|metrics|object-lock|ownershipControls|policyStatus|publicAccessBlock|requestPayment)(?:=|&|$)/;

interface HostKind {
  aws: boolean;
  s3: boolean;
  /** The bucket is a part of the host's name. */
  bucket: boolean;
}

/** Hosts come again with every call. */
const REMEMBERED = 2000;
const kinds = new Map<string, HostKind>();

function kindOf(host: string): HostKind {
  let kind = kinds.get(host);
  if (kind === undefined) {
    const found = S3.exec(host);
    kind = { aws: AWS.test(host), s3: found !== null, bucket: found?.[1] !== undefined };
    if (kinds.size >= REMEMBERED) kinds.clear();
    kinds.set(host, kind);
  }
  return kind;
}

export const isAws = (host: string): boolean => kindOf(host).aws;

/** The template of an S3 path: a key is a path of its own, nobody's words. Null for other hosts. */
export function s3Template({
  host,
  path,
  query,
}: OperationHead): { template: string; operation: string | null } | null {
  const { s3, bucket } = kindOf(host);
  if (!s3) return null;
  const part = PARTS.exec(query)?.[1] ?? null;
  const operation = part === 'partNumber' ? 'uploadId' : part;
  const rest = path.replace(/^\/+/, '');
  if (bucket) return { template: rest === '' ? '/' : '/{key}', operation };
  if (rest === '') return { template: '/', operation };
  const slash = rest.indexOf('/');
  return { template: slash < 0 || slash === rest.length - 1 ? '/{bucket}' : '/{bucket}/{key}', operation };
}

const TARGET = /^x-amz-target:[ \t]*([\w.-]{1,150})/im;
const ACTION = /(?:^|&)Action=(\w{1,100})/;

/** `DynamoDB_20120810.PutItem` of JSON protocols, `SendMessage` of query protocols; null for REST. */
export function awsOperation({ query, requestLines, method }: OperationHead, body: string | null): string | null {
  // The word alone is found sooner than a line that begins with it.
  const target = /x-amz-target/i.test(requestLines) ? TARGET.exec(requestLines)?.[1] : undefined;
  if (target !== undefined) return target;
  const asked = ACTION.exec(query)?.[1];
  if (asked !== undefined) return asked;
  // rpc-v2-cbor says it in the path, which stays as it is: /service/GraniteService/operation/GetMetricData.
  return method === 'POST' && body !== null ? (ACTION.exec(body.slice(0, 4096))?.[1] ?? null) : null;
}
