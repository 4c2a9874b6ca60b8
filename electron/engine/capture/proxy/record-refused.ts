import type { Failure } from '../../../../shared/model/failure.ts';
import { wallMicroseconds } from '../../pipeline/clock.ts';
import { splitAuthority } from './target.ts';
import type { Leg, Surroundings } from './surroundings.ts';

/**
 * Records a request that never became a call: what can be told of it from its first bytes. Nothing
 * of a malformed head is trusted; the request line is shown as far as it is one.
 */
export function recordRefused(around: Surroundings, leg: Leg, failure: Failure, status: number, bytes: Buffer): void {
  const call = around.nextCallId();
  const text = bytes.subarray(0, 8192).toString('latin1');
  const [line = '', ...rest] = text.split(/\r?\n/);
  const match = /^(\S{1,32}) (\S+)/.exec(line);
  // A user name and password in an address are not kept, and neither is what else stands before an @.
  const address = (match?.[2] ?? '').replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1');
  const absolute = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s:]*)(?::(\d{1,5}))?(.*)$/i.exec(address);
  const connect = match?.[1] === 'CONNECT' ? splitAuthority(address) : null;
  const scheme = leg.fixed?.scheme ?? absolute?.[1]?.toLowerCase() ?? 'http';
  let secret = false;
  const headers = rest
    .filter((entry) => {
      // A line that goes on in the next one (obsolete folding) takes that one with it.
      if (!/^[ \t]/.test(entry) || !secret) secret = /^[ \t]*proxy-/i.test(entry);
      return entry !== '' && !secret;
    })
    .map((entry) => `${entry}\r\n`)
    .join('');
  const named = splitAuthority(/^host:[ \t]*(\S+)/im.exec(text)?.[1] ?? '');
  const place = connect ?? (absolute === null ? named : { host: absolute[2] ?? '', port: Number(absolute[3] ?? 0) });
  leg.connection?.began(call, match?.[1] ?? '', '', leg.app);
  around.emit({
    type: 'opened',
    call,
    startedAt: wallMicroseconds(),
    kind: 'refused',
    source: 'proxy',
    app: leg.app ?? leg.connection?.app ?? null,
    process: leg.connection?.process ?? null,
    tags: leg.tags,
    clientAddress: leg.clientAddress,
    method: match?.[1] ?? '',
    scheme,
    host: leg.fixed?.host ?? place?.host ?? '',
    port: leg.fixed?.port ?? (place?.port || (scheme === 'https' ? 443 : scheme === 'http' && place ? 80 : 0)),
    target: (absolute?.[4] ?? (connect ? '' : address)).slice(0, 2048),
    protocol: 'http/1.1',
    headers,
  });
  around.emit({ type: 'answered', call, at: 0, status, reason: '', protocol: 'http/1.1', headers: '' });
  around.emit({ type: 'closed', call, at: 0, failure, requestBytes: 0, responseBytes: 0, trailers: '' });
}

/** The same for a caller that did not prove who it is; a flood of them is counted instead. */
export function recordUnproven(around: Surroundings, leg: Leg, failure: Failure, status: number, bytes: Buffer): void {
  if (around.admission.isWorthARow()) recordRefused(around, leg, failure, status, bytes);
}
