import { Check, CircleHelp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi, useConnection } from '../../client/api-context.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { Lines } from './lines.tsx';

const says = words.capture;
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });

/** The local certificate authority: what it is, who trusts it, how to have it trusted. */
export function AuthorityPage({ install, uninstall }: { install: string; uninstall: string }): ReactNode {
  const api = useApi();
  const { shell } = useConnection();
  const {
    data: ca,
    error,
    refetch,
  } = useQuery({
    queryKey: ['capture.ca'],
    queryFn: () => api.capture.ca(),
    refetchInterval: 10_000,
  });
  // On the desktop the shell shows the steps, asks, and does them.
  const trust = useMutation({
    mutationFn: async (what: 'install' | 'uninstall') => {
      const outcome = await shell?.changeTrust(what);
      if (outcome?.changed === false) throw new Error(outcome.why);
      return outcome?.left ?? [];
    },
    onSuccess: (left, what) => {
      toast(says.ca.done[what], left.length === 0 ? {} : { says: left.join(' ') });
      void refetch();
    },
    onError: (fault) => toast(says.ca.notDone, { says: fault.message }),
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
      {shell && (
        <div className="capture-switch">
          <Button disabled={trust.isPending} onClick={() => trust.mutate('install')}>
            {says.ca.installHere}
          </Button>
          <Button disabled={trust.isPending} onClick={() => trust.mutate('uninstall')}>
            {says.ca.uninstallHere}
          </Button>
        </div>
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
