import { Check, CircleHelp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { words } from '../../words/index.ts';
import { Lines } from './lines.tsx';

const says = words.capture;
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });

/** The local certificate authority: what it is, who trusts it, how to have it trusted. */
export function AuthorityPage({ install, uninstall }: { install: string; uninstall: string }): ReactNode {
  const api = useApi();
  const { data: ca, error } = useQuery({
    queryKey: ['capture.ca'],
    queryFn: () => api.capture.ca(),
    refetchInterval: 10_000,
  });
  return (
    <article className="capture-way" aria-label={says.authority}>
      <h2>{says.authority}</h2>
      <p className="dim">{says.authoritySays}</p>
      {error && <p className="capture-why">{error.message}</p>}
      {ca && (
        <>
          <dl className="capture-facts">
            <Fact title={says.ca.name}>{ca.subject}</Fact>
            <Fact title={says.ca.file} copy={ca.path}>
              <code>{ca.path}</code>
            </Fact>
            <Fact title={says.ca.fingerprint} copy={ca.fingerprint}>
              <code>{ca.fingerprint}</code>
            </Fact>
            <Fact title={says.ca.until}>{date.format(ca.notAfter / 1000)}</Fact>
          </dl>
          <h3>{says.ca.stores}</h3>
          <ul className="capture-stores">
            {ca.stores.map(({ store, trusted, says: more }) => (
              <li key={store}>
                <span className="capture-store-mark" data-trusted={String(trusted)}>
                  {trusted === null ? (
                    <CircleHelp size={14} aria-hidden />
                  ) : trusted ? (
                    <Check size={14} aria-hidden />
                  ) : (
                    <X size={14} aria-hidden />
                  )}
                  <span className="unseen">
                    {trusted === null ? says.ca.unknown : trusted ? says.ca.trusted : says.ca.notTrusted}
                  </span>
                </span>
                <strong>{store}</strong>
                <span className="dim">{more}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Lines
        lines={[
          { does: says.ca.install, text: install },
          { does: says.ca.uninstall, text: uninstall },
        ]}
      />
    </article>
  );
}

function Fact({ title, copy, children }: { title: string; copy?: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <span className="ellipsis">{children}</span>
        {copy !== undefined && <CopyButton text={copy} />}
      </dd>
    </div>
  );
}
