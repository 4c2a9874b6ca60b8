import { readObjects } from './json-fields.ts';

const FIELDS: ReadonlySet<string> = new Set(['jsonrpc', 'method']);
const MOST_OF_BATCH = 5;

/** `eth_call`; of a batch its methods, each once: `eth_call + eth_chainId`. Null when it is no JSON-RPC 2.0. */
export function jsonRpcOperation(body: string): string | null {
  const first = body.charCodeAt(0);
  if (first > 32 && first !== 123 && first !== 91) return null;
  // Written first or last by nearly all; a body that only quotes it has it escaped.
  if (!body.slice(0, 400).includes('"jsonrpc"') && !body.slice(-200).includes('"jsonrpc"')) return null;
  const { list, more } = readObjects(body, FIELDS, MOST_OF_BATCH);
  const methods = new Set<string>();
  for (const { texts } of list) {
    const method = texts.get('method');
    if (texts.get('jsonrpc') === '2.0' && method !== undefined && /^[\w./$:-]{1,100}$/.test(method))
      methods.add(method);
  }
  return methods.size === 0 ? null : `${[...methods].join(' + ')}${more ? ' + …' : ''}`;
}
