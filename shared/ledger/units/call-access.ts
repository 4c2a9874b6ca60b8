import type { CallAccess, Found } from './read-units.ts';

/** A call whose bodies are there as a whole: worked examples, and what was kept. */
export interface WholeCall {
  /** JSON or a form; texts. */
  request?: string;
  response?: string;
  /** Without the question mark. */
  query?: string;
  requestHeaders?: Readonly<Record<string, string>>;
  responseHeaders?: Readonly<Record<string, string>>;
  /** Left out: as long as the text. */
  requestBytes?: number;
  responseBytes?: number;
}

/** Looks at the places of a whole call. Never throws, whatever the bodies are. */
export function accessWhole(call: WholeCall): CallAccess {
  const bodies: { request?: ReturnType<typeof parse>; response?: ReturnType<typeof parse> } = {};
  const bodyOf = (side: 'request' | 'response'): ReturnType<typeof parse> => (bodies[side] ??= parse(call[side] ?? ''));
  return {
    at({ from, path = '' }) {
      if (from === 'request' || from === 'response') return inBody(bodyOf(from), path);
      if (from === 'query') return fields(call.query ?? '', path);
      const headers = from === 'request-header' ? call.requestHeaders : call.responseHeaders;
      return Object.entries(headers ?? {})
        .filter(([name]) => name.toLowerCase() === path.toLowerCase())
        .map(([, text]) => foundOf(text));
    },
    bytes: (side) => call[`${side}Bytes`] ?? call[side]?.length ?? null,
  };
}

/** A body of fields, told from JSON by its own kind. */
interface Form {
  form: string;
}

function parse(body: string): { json: unknown } | Form {
  const start = body.trimStart()[0];
  if (start === '{' || start === '[') {
    try {
      return { json: JSON.parse(body) };
    } catch {
      return { json: null };
    }
  }
  return { form: body } satisfies Form;
}

function inBody(body: { json: unknown } | Form, path: string): Found[] {
  if ('form' in body) return fields(body.form, path);
  let at: unknown[] = [body.json];
  // `results[].id`, `[].to`, `usage.seconds`
  for (const step of path.replaceAll('[]', '.[]').split('.').filter(Boolean))
    at = at.flatMap((value) => {
      if (step === '[]') return Array.isArray(value) ? (value as unknown[]) : [];
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
      return [(value as Record<string, unknown>)[step]];
    });
  return at.map(foundOf);
}

function fields(text: string, name: string): Found[] {
  return text
    .split('&')
    .filter((pair) => decode(pair.split('=', 1)[0] ?? '') === name)
    .map((pair) => foundOf(decode(pair.slice(pair.indexOf('=') + 1))));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function foundOf(value: unknown): Found {
  if (typeof value === 'string') return { text: value, length: [...value].length };
  if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value), length: 0 };
  return { text: null, length: 0 };
}
