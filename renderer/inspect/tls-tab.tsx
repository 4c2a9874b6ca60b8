import type { ReactNode } from 'react';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { Call } from '../../shared/model/call.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';

const say = words.inspect.tls;

/** What was agreed with the origin, and whose certificate it showed: stored facts only. */
export function TlsTab({ call }: { call: Call }): ReactNode {
  const spoken = call.attempts.flatMap((attempt, index) => (attempt.tls ? [{ attempt, index, tls: attempt.tls }] : []));
  return (
    <div className="call-page">
      <p className="dim">{say.whichLeg}</p>
      {spoken.map(({ attempt, index, tls }) => (
        <section key={index} aria-label={words.inspect.attempt(index)}>
          {call.attempts.length > 1 && <h2 className="call-heading">{words.inspect.attempt(index)}</h2>}
          <p className={tls.verdict === 'trusted' ? 'call-verdict tone-ok' : 'call-verdict tone-server'}>
            {tls.verdict === 'trusted' ? <ShieldCheck size={16} aria-hidden /> : <ShieldAlert size={16} aria-hidden />}
            <span>
              {tls.verdict === 'trusted'
                ? say.trusted
                : say.untrusted(tls.verdict, say.codes[tls.verdict] ?? say.otherCode)}
            </span>
          </p>
          {attempt.reused && <p className="dim">{say.reused}</p>}
          <Facts
            facts={[
              [say.version, tls.version.replace('TLSv', 'TLS ')],
              [
                say.cipher,
                <span key="c" className="mono">
                  {tls.cipher}
                </span>,
              ],
              [say.alpn, tls.alpn ?? <span className="dim">{say.noAlpn}</span>],
              [
                say.serverName,
                tls.serverName === null ? (
                  <span className="dim">{say.noServerName}</span>
                ) : (
                  <span className="mono">{tls.serverName}</span>
                ),
              ],
            ]}
          />
          <h2 className="call-heading">{say.chain}</h2>
          <p className="dim">{tls.chain.length === 0 ? say.noChain : say.chainSays}</p>
          <ol className="call-chain">
            {tls.chain.map((fingerprint, at) => (
              <li key={fingerprint}>
                <span className="dim">{at === 0 ? say.leaf : say.issuer(at)}</span>
                <span className="mono">{fingerprint.replace(/(..)(?=.)/g, '$1:')}</span>
                <CopyButton text={fingerprint} label={say.copyFingerprint} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
