import type { Policy } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import type { Opinion } from '../kind.ts';
import type { AccessSettings } from './settings.ts';

/** Why an access policy says what it says of a call, in one sentence. `place`: the address, where one decided. */
export function explainAccess(
  policy: Policy,
  settings: AccessSettings,
  facts: CallFacts,
  opinion: Opinion,
  place: string | null,
): string {
  const { host, method, scheme } = facts;
  const who = facts.app ?? 'this program';
  const vendor = facts.vendor ?? host;
  const where = place === null || place === host ? host : `${host} (${place})`;
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const says = `The policy ${policy.id}${owner}`;
  const reason = policy.reason === null ? '' : ` Reason: ${policy.reason}`;
  switch (opinion.because) {
    case 'denied':
      return `${says} does not let ${who} call ${host}.${reason}`;
    case 'method':
      return `${says} allows only ${settings.methods?.join(', ')}; this is a ${method}.${reason}`;
    case 'unread':
      return `${says} allows only ${settings.methods?.join(', ')}; this is a tunnel to ${host} that is not read.${reason}`;
    case 'http':
      return `${says} demands https; this call to ${host} is plain ${scheme}.${reason}`;
    case 'tls':
      return `${says} demands at least TLS ${settings.tls}; the connection to ${host} has ${place === null || place === '' ? 'none' : place.replace('TLSv', 'TLS ')}.${reason}`;
    case 'unapproved':
      return `${says} allows approved vendors only; ${vendor} is ${facts.status ?? 'not known'}.${reason}`;
    case 'private':
    case 'loopback':
      return `${says} refuses ${opinion.because} addresses, and ${where} is one.${reason}`;
    case 'link-local':
      return `${says} refuses link-local addresses, and ${where} is one.${reason}`;
    case 'metadata':
      return `${says} refuses the addresses where clouds hand out credentials, and ${where} is one.${reason}`;
    case 'address':
      return `${says} does not allow the address of ${where}.${reason}`;
    case 'country':
      return `${says} does not allow ${place === null ? 'the country' : place}, where ${host} is.${reason}`;
    case 'unknown-place':
      return `${says} demands to know where calls end, and of ${host} it is not known.${reason}`;
    case 'ask':
      return `${says} asks whether ${who} may call ${host}.${reason}`;
    case 'answered':
      return `${opinion.verdict === 'allow' ? 'A person let' : 'A person did not let'} ${who} call ${host}; ${policy.id} asked.`;
    case 'remembered':
      return `A person’s answer is remembered: ${who} ${opinion.verdict === 'allow' ? 'may' : 'may not'} call ${host}; ${policy.id} asked.`;
    case 'no-answer':
      return `${policy.id} asked whether ${who} may call ${host}, nobody answered in time, and it says ${opinion.verdict} otherwise.`;
    case 'granted':
      return `${says} lets ${who} call ${host}.`;
    default:
      return `${says} has nothing against this call.`;
  }
}
