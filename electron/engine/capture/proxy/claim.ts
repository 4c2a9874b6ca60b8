import type { Tags } from '../../../../shared/model/caller.ts';

/** Who a program says it is, by the credentials it gives to the proxy. */
export interface Claim {
  app: string | null;
  tags: Tags | null;
  /** The password, when it is none of ours that mean something else. */
  secret: string | null;
}

/** Somebody who says nothing. */
export const NOBODY: Claim = { app: null, tags: null, secret: null };

let lastCredentials = '';
let lastClaim = NOBODY;

/** Reads `Basic` proxy credentials (RFC 7617): the user is the app, the password a secret or the id of a run. */
export function readClaim(credentials: string | null): Claim {
  if (credentials === null) return NOBODY;
  // A program sends the same ones with every request.
  if (credentials !== lastCredentials) {
    const match = /^basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(credentials);
    const pair = match === null ? '' : Buffer.from(match[1]!, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    lastClaim = colon < 0 ? claimOf(pair, null) : claimOf(pair.slice(0, colon), pair.slice(colon + 1));
    lastCredentials = credentials;
  }
  return lastClaim;
}

/** `run-0f3c…` as a password names a run of `sallyport run`; `run` is what earlier versions said. */
export function claimOf(user: string | null, password: string | null): Claim {
  const app = user === null || user === '' ? null : unescaped(user).slice(0, 200);
  const run = /^run-([0-9a-f]{8,32})$/.exec(password ?? '');
  if (run !== null) return { app, tags: { run: run[1]! }, secret: null };
  const secret = password === null || password === '' || password === 'run' ? null : password;
  return app === null && secret === null ? NOBODY : { app, tags: null, secret };
}

/** Some clients (Python's websockets) send the user of the proxy's address with its escapes, as it stands in the URL. */
function unescaped(user: string): string {
  if (!/%[0-9a-f]{2}/i.test(user)) return user;
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
