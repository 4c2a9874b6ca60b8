import type { ReactNode } from 'react';
import type { Jwt } from '../../shared/payload/jwt.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';
import { Timestamp } from './timestamp.tsx';

const say = words.inspect.jwt;

/** A token taken apart. Its signature cannot be checked here, and that is said. */
export function JwtView({ jwt, where }: { jwt: Jwt; where: string }): ReactNode {
  return (
    <section className="raw" aria-label={say.title}>
      <div className="raw-head">
        <span>
          <strong>{say.title}</strong> <span className="dim">{where}</span>
        </span>
        <CopyButton text={() => JSON.stringify({ header: jwt.header, claims: jwt.claims }, null, 2)} />
      </div>
      {jwt.times.length > 0 && (
        <Facts
          facts={jwt.times.map(({ says, seconds }) => [says, <Timestamp key={says} at={seconds * 1e6} />] as const)}
        />
      )}
      <pre aria-label={say.header}>{JSON.stringify(jwt.header, null, 2)}</pre>
      <pre aria-label={say.claims}>{JSON.stringify(jwt.claims, null, 2)}</pre>
      <p className="dim">{say.unchecked}</p>
    </section>
  );
}
