import type { CallSummary } from '../../../../shared/model/call-summary.ts';

/** Where a credential is put, as OpenAPI says it. */
export interface SecurityScheme {
  type: 'http' | 'apiKey';
  scheme?: string;
  in?: 'header' | 'query';
  name?: string;
  description: string;
}

const SEEN = 'Seen in calls.';

/** Which scheme a call’s credential is of, with a name for it; null without one. Never the credential. */
export function schemeOf({
  credential,
  query,
}: Pick<CallSummary, 'credential' | 'query'>): { name: string; scheme: SecurityScheme } | null {
  if (credential === null) return null;
  const space = credential.indexOf(' ');
  const word = space < 0 ? '' : credential.slice(0, space);
  // Words are from a request’s head, and a mask stands where the secret was.
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(word))
    return named('authorization', { type: 'apiKey', in: 'header', name: 'Authorization', description: SEEN });
  const lower = word.toLowerCase();
  if (lower === 'bearer' || lower === 'basic' || lower === 'digest')
    return named(lower, { type: 'http', scheme: lower, description: SEEN });
  if (new RegExp(`[?&]${word}=`, 'i').test(query))
    return named(`query-${lower}`, { type: 'apiKey', in: 'query', name: lower, description: SEEN });
  if (lower.includes('-') && /^(?:x|api|xi|private)-/.test(lower))
    return named(lower, { type: 'apiKey', in: 'header', name: lower, description: SEEN });
  if (lower === 'apikey') return named(lower, { type: 'apiKey', in: 'header', name: lower, description: SEEN });
  return named(`authorization-${lower}`, {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: `${SEEN} Scheme “${word}”.`,
  });
}

const named = (name: string, scheme: SecurityScheme): { name: string; scheme: SecurityScheme } => ({ name, scheme });
