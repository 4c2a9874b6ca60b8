import { z } from 'zod';
import { Document, isScalar, visit } from 'yaml';
import {
  DRAFT_PROTOCOLS,
  IDEMPOTENCY,
  USUAL_SETTINGS,
  type Draft,
  type DraftAuth,
  type DraftBody,
} from '../../../../shared/model/replay.ts';
import { readYaml, type Path, type Place } from '../../registers/read-yaml.ts';
import type { FileProblem } from '../../registers/register.ts';
import { tellIssues } from '../../registers/tell-issues.ts';

/** A request as a file keeps it: the draft, and what is expected of its answer. */
export interface SavedRequest {
  draft: Draft;
  assertions: string[];
  /** Variables for later requests, and where in the answer they are found. */
  extract: Record<string, string>;
}

const text = z.string();
const pair = z.union([
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  z.strictObject({ name: text, value: z.union([z.string(), z.number(), z.boolean()]), off: z.boolean().optional() }),
]);
const part = z.strictObject({
  name: text,
  value: text.optional(),
  file: text.optional(),
  fileName: text.optional(),
  contentType: text.optional(),
});
const body = z.union([
  z.string(),
  z.strictObject({ text }),
  z.strictObject({ base64: text }),
  z.strictObject({ form: z.array(pair) }),
  z.strictObject({ multipart: z.array(part), boundary: text.optional() }),
  z.strictObject({ graphql: text, variables: text.optional(), operationName: text.optional() }),
  z.strictObject({ file: text }),
  z.strictObject({
    protobuf: z.strictObject({ schema: text, type: text, json: text, framed: z.boolean().optional() }),
  }),
]);
const auth = z.union([
  z.enum(['none', 'recorded']),
  z.strictObject({ stored: text }),
  z.strictObject({ bearer: text }),
  z.strictObject({ basic: z.strictObject({ user: text, password: text }) }),
  z.strictObject({ header: z.strictObject({ name: text, value: text }) }),
  z.strictObject({ query: z.strictObject({ name: text, value: text }) }),
]);
const fileSchema = z.strictObject({
  name: text.optional(),
  method: z.string().min(1).default('GET'),
  url: z.string().min(1),
  headers: z.array(pair).optional(),
  body: body.optional(),
  auth: auth.optional(),
  settings: z
    .strictObject({
      protocol: z.enum(DRAFT_PROTOCOLS).optional(),
      timeoutMs: z.number().int().min(0).optional(),
      redirects: z.number().int().min(0).max(20).optional(),
      idempotency: z.enum(IDEMPOTENCY).optional(),
      connectTo: text.optional(),
      serverName: text.optional(),
      trust: text.optional(),
    })
    .optional(),
  assert: z.array(text).optional(),
  extract: z.record(z.string().min(1), text).optional(),
});

/** Reads a request, or says where it is wrong. `id`: of the draft it becomes. Never throws. */
export function readRequest(source: string, id: string): SavedRequest | { problems: (FileProblem & Place)[] } {
  const yaml = readYaml(source);
  if ('problems' in yaml) return yaml;
  const parsed = fileSchema.safeParse(yaml.value);
  if (!parsed.success) {
    const problems: (FileProblem & Place)[] = [];
    const file = {
      keysAt: (path: Path) => (path.length === 0 ? Object.keys(fileSchema.shape) : []),
      page: 'docs/replay.md',
      isThere: (path: Path) => valueAt(yaml.value, path) !== undefined,
    };
    tellIssues(parsed.error.issues, file, (path, says, key) => {
      const { line, column, endLine, endColumn } = yaml.placeOf(path, key);
      problems.push({ line, column, endLine, endColumn, says });
    });
    return { problems };
  }
  const { data } = parsed;
  return {
    assertions: data.assert ?? [],
    extract: data.extract ?? {},
    draft: {
      id,
      name: data.name ?? null,
      origin: null,
      method: data.method,
      url: data.url,
      headers: (data.headers ?? []).flatMap(pairsOf),
      body: bodyOf(data.body),
      auth: authOf(data.auth),
      settings: {
        protocol: data.settings?.protocol ?? USUAL_SETTINGS.protocol,
        timeoutMs: data.settings?.timeoutMs ?? USUAL_SETTINGS.timeoutMs,
        redirects: data.settings?.redirects ?? USUAL_SETTINGS.redirects,
        idempotency: data.settings?.idempotency ?? USUAL_SETTINGS.idempotency,
        connectTo: data.settings?.connectTo ?? null,
        serverName: data.settings?.serverName ?? null,
        trust: data.settings?.trust ?? null,
      },
    },
  };
}

/** The file of a request. What has its usual value is left out; texts of several lines stand as blocks. */
export function writeRequest({ draft, assertions, extract }: SavedRequest): string {
  const settings = Object.fromEntries(
    Object.entries(draft.settings).filter(([name, value]) => value !== USUAL_SETTINGS[name as 'protocol']),
  );
  const written = {
    ...(draft.name !== null && { name: draft.name }),
    method: draft.method,
    url: draft.url,
    ...(draft.headers.length > 0 && { headers: draft.headers.map(plainPair) }),
    ...(draft.body.kind !== 'none' && { body: plainBody(draft.body) }),
    ...(draft.auth.kind !== 'none' && { auth: plainAuth(draft.auth) }),
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(assertions.length > 0 && { assert: assertions }),
    ...(Object.keys(extract).length > 0 && { extract }),
  };
  const made = new Document(written);
  visit(made, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
    },
  });
  return made.toString({ lineWidth: 0 });
}

type Pair = z.infer<typeof pair>;

function pairsOf(one: Pair): Draft['headers'] {
  if (isNamed(one)) return [{ name: one.name, value: String(one.value), off: one.off ?? false }];
  return Object.entries(one).map(([name, value]) => ({ name, value: String(value), off: false }));
}

/** `name` and `value` both: the long form; else each key is a name. */
function isNamed(one: Pair): one is { name: string; value: string | number | boolean; off?: boolean } {
  return typeof one['name'] === 'string' && 'value' in one;
}

function plainPair({ name, value, off }: Draft['headers'][number]): unknown {
  if (off) return { name, value, off };
  return name === 'name' || name === 'value' || name === '' ? { name, value } : { [name]: value };
}

function bodyOf(written: z.infer<typeof body> | undefined): DraftBody {
  if (written === undefined) return { kind: 'none' };
  if (typeof written === 'string') return { kind: 'text', text: written };
  if ('text' in written) return { kind: 'text', text: written.text };
  if ('base64' in written) return { kind: 'base64', base64: written.base64 };
  if ('form' in written) return { kind: 'form', fields: written.form.flatMap(pairsOf) };
  if ('graphql' in written)
    return {
      kind: 'graphql',
      query: written.graphql,
      variables: written.variables ?? '',
      operationName: written.operationName ?? null,
    };
  if ('file' in written) return { kind: 'file', path: written.file };
  if ('protobuf' in written) return { kind: 'protobuf', ...written.protobuf, framed: written.protobuf.framed ?? false };
  return {
    kind: 'multipart',
    boundary: written.boundary ?? null,
    parts: written.multipart.map(({ name, value, file, fileName, contentType }) => ({
      name,
      value: value ?? null,
      file: file ?? null,
      fileName: fileName ?? null,
      contentType: contentType ?? null,
    })),
  };
}

function plainBody(given: DraftBody): unknown {
  switch (given.kind) {
    case 'none':
    case 'recorded':
      return undefined;
    case 'text':
      return given.text;
    case 'base64':
      return { base64: given.base64 };
    case 'form':
      return { form: given.fields.map(plainPair) };
    case 'file':
      return { file: given.path };
    case 'graphql':
      return {
        graphql: given.query,
        ...(given.variables !== '' && { variables: given.variables }),
        ...(given.operationName !== null && { operationName: given.operationName }),
      };
    case 'protobuf': {
      const { schema, type, json, framed } = given;
      return { protobuf: { schema, type, json, ...(framed && { framed }) } };
    }
    case 'multipart':
      return {
        multipart: given.parts.map((one) =>
          Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)),
        ),
        ...(given.boundary !== null && { boundary: given.boundary }),
      };
  }
}

function authOf(written: z.infer<typeof auth> | undefined): DraftAuth {
  if (written === undefined || written === 'none') return { kind: 'none' };
  if (written === 'recorded') return { kind: 'recorded' };
  if ('stored' in written) return { kind: 'stored', name: written.stored };
  if ('bearer' in written) return { kind: 'bearer', token: written.bearer };
  if ('basic' in written) return { kind: 'basic', ...written.basic };
  if ('header' in written) return { kind: 'header', ...written.header };
  return { kind: 'query', ...written.query };
}

function plainAuth(given: DraftAuth): unknown {
  switch (given.kind) {
    case 'none':
    case 'recorded':
      return given.kind;
    case 'stored':
      return { stored: given.name };
    case 'bearer':
      return { bearer: given.token };
    case 'basic':
      return { basic: { user: given.user, password: given.password } };
    case 'header':
    case 'query':
      return { [given.kind]: { name: given.name, value: given.value } };
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}
