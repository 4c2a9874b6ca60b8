import { parse, print } from 'graphql';
import { prettyJson } from '../../../shared/payload/pretty-json.ts';

/** A longer document is shown as it came. */
const LONGEST = 200_000;

/** The queries of a GraphQL request (one, or a batch) formatted, each with its variables. Null: it is not one. */
export function graphqlText(text: string): string | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return isDocument(text) ? format(text) : null;
  }
  const requests = (Array.isArray(body) ? body : [body]) as unknown[];
  const parts = requests.map((request) => {
    if (typeof request !== 'object' || request === null) return null;
    const { query, operationName, variables, extensions } = request as Record<string, unknown>;
    return [
      typeof operationName === 'string' ? `# operation ${operationName}` : null,
      typeof query === 'string' ? format(query) : '# no query: a persisted one, named in the extensions',
      variables === undefined || variables === null
        ? null
        : `# variables\n${prettyJson(JSON.stringify(variables)).text}`,
      extensions === undefined ? null : `# extensions\n${prettyJson(JSON.stringify(extensions)).text}`,
    ]
      .filter((part) => part !== null)
      .join('\n\n');
  });
  return parts.every((part) => part !== null) ? parts.join('\n\n\n') : null;
}

function isDocument(text: string): boolean {
  return /^\s*(query|mutation|subscription|fragment|\{)/.test(text);
}

function format(query: string): string {
  if (query.length > LONGEST) return query;
  try {
    return print(parse(query));
  } catch {
    return query; // not valid GraphQL: as it was sent
  }
}
