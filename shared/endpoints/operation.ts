import { awsOperation, isAws } from './aws.ts';
import type { OperationHead } from './endpoints.ts';
import { graphqlOperation } from './graphql.ts';
import { jsonRpcOperation } from './json-rpc.ts';

const SOAP_ACTION = /^soapaction:[ \t]*"?([^"\r\n]{1,200})/im;
const SOAP_TYPE = /^content-type:[ \t]*application\/soap\+xml[^\r\n]*\baction="?([^";\r\n]{1,200})/im;

/** What a call does where the path does not say it; null where it does. */
export function operationOf(head: OperationHead, body: string | null): string | null {
  if (isAws(head.host)) return awsOperation(head, body);
  const graphql = graphqlOperation(head, body);
  if (graphql !== null) return graphql;
  if (head.method !== 'POST') return null;
  const rpc = body === null || body === '' ? null : jsonRpcOperation(body);
  return rpc ?? soapAction(head.requestLines);
}

/** The last part of the action's address: `http://tempuri.org/IService/GetRate` → `GetRate`. */
function soapAction(lines: string): string | null {
  // The word alone is found sooner than a line that begins with it.
  if (!/soap/i.test(lines)) return null;
  const action = (SOAP_ACTION.exec(lines) ?? SOAP_TYPE.exec(lines))?.[1]?.trim();
  if (action === undefined || action === '') return null;
  const name = action.split(/[/#:]/).findLast((part) => part !== '') ?? action;
  return /^[\w.-]{1,100}$/.test(name) ? name : null;
}
