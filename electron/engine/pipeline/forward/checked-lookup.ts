import dns from 'node:dns';
import type net from 'node:net';
import type { ConnectionCheck, Refused } from '../dispatch.ts';

/**
 * Looks a name up as Node would, and asks of every address before one of them is knocked at. A name that has an address
 * the call may not go to is not connected to at all: who can give it one can give it another the next moment.
 */
export function checkedLookup(
  check: ConnectionCheck,
  refusedBy: (address: string, refused: Refused) => void,
): net.LookupFunction {
  return (name, options, callback) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`${name} has no address.`), '');
        return;
      }
      for (const { address } of found) {
        const refused = check(address, undefined);
        if (refused === null) continue;
        refusedBy(address, refused);
        callback(new Error(refused.failure.detail), '');
        return;
      }
      if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}
