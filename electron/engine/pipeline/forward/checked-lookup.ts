import dns from 'node:dns';
import type net from 'node:net';
import type { ConnectionCheck, Refused } from '../dispatch.ts';

/**
 * Looks a name up as Node would, and leaves out the addresses that the call may not go to: none of them is even knocked
 * at. A name that has no other addresses cannot be connected to, and `refusedBy` has said why.
 */
export function checkedLookup(
  check: ConnectionCheck,
  refusedBy: (address: string, refused: Refused) => void,
): net.LookupFunction {
  return (name, options, callback) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      let refused: { address: string; by: Refused } | null = null;
      const left: dns.LookupAddress[] = [];
      for (const entry of found) {
        const by = check(entry.address, undefined);
        if (by === null) left.push(entry);
        else refused ??= { address: entry.address, by };
      }
      const [first] = left;
      if (first === undefined && refused !== null) {
        refusedBy(refused.address, refused.by);
        callback(new Error(refused.by.failure.detail), '');
      } else if (options.all === true) callback(null, left);
      else if (first === undefined) callback(new Error(`${name} has no address.`), '');
      else callback(null, first.address, first.family);
    });
  };
}
