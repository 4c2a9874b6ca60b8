import { isUtf8 } from 'node:buffer';
import type { Tags } from '../../../../shared/model/caller.ts';

/** Who a program says it is, by the credentials it gives to the proxy. Nothing of it is proved yet. */
export interface Claim {
  app: string | null;
  tags: Tags | null;
  /** What may prove it; null when no secret of ours was given. */
  secret: string | null;
  /** The secret was given to a program that we started, not to an app. */
  local: boolean;
}

const NOTHING: Claim = { app: null, tags: null, secret: null, local: false };

/** Longer than any name and secret of ours in base64; what is longer is not even decoded. */
const LONGEST = 8192;

/**
 * Reads `Basic` proxy credentials (RFC 7617): the user is the app, the password a secret or the id of a run. Text is
 * UTF-8, or else Latin-1, as clients send it that were written before the RFC.
 */
export function claimIn(credentials: string): Claim {
  if (credentials.length > LONGEST) return NOTHING;
  const match = /^basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(credentials);
  if (match === null) return NOTHING;
  const bytes = Buffer.from(match[1]!, 'base64');
  const pair = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  const colon = pair.indexOf(':');
  return colon < 0 ? claimOf(pair, null) : claimOf(pair.slice(0, colon), pair.slice(colon + 1));
}

/** `run-0f3c…` names a run, `run` none; behind a dot the secret that its program was given. */
const LOCAL = /^run(?:-([0-9a-f]{8,32}))?(?:\.(sp_[\w-]{1,200}))?$/;

export function claimOf(user: string | null, password: string | null): Claim {
  // Names are shown and listed: nothing in them may steer a terminal.
  const app =
    user === null || user === ''
      ? null
      : unescaped(user)
          .slice(0, 200)
          .replaceAll(/\p{Cc}/gu, '-')
          .toWellFormed();
  const local = LOCAL.exec(password ?? '');
  if (local !== null)
    return { app, tags: local[1] === undefined ? null : { run: local[1] }, secret: local[2] ?? null, local: true };
  const secret = password?.startsWith('sp_') === true ? password : null;
  return app === null && secret === null ? NOTHING : { app, tags: null, secret, local: false };
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
