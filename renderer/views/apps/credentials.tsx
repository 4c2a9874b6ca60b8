import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { App, Credential } from '../../../shared/contract/apps.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Tip } from '../../ui/tip.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import type { IssuedSecret } from './issued.tsx';
import { useDeed } from './use-apps.ts';

const says = words.apps;
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const when = (at: number): string => WHEN.format(at / 1000);

/** The app's secrets for the proxy: never shown again after they were made. */
export function Credentials({ app, onIssued }: { app: App; onIssued: (secret: IssuedSecret) => void }): ReactNode {
  const deed = useDeed();
  const [revoking, setRevoking] = useState<string | null>(null);
  const { name, credentials } = app;

  async function add(): Promise<void> {
    const issued = await deed((api) => api.apps.addCredential({ name }));
    if (issued) onIssued({ name, proxyUrl: issued.proxyUrl, rotated: false });
  }
  async function rotate(id: string): Promise<void> {
    const issued = await deed((api) => api.apps.rotateCredential({ name, id }));
    if (issued) onIssued({ name, proxyUrl: issued.proxyUrl, rotated: true });
  }
  async function revoke(id: string): Promise<void> {
    const done = await deed((api) => api.apps.revokeCredential({ name, id }));
    if (done) toast(says.revoked);
  }

  return (
    <section aria-label={says.credentials}>
      <h3>
        {says.credentials}
        <Button look="quiet" icon={Plus} onClick={() => void add()}>
          {says.addCredential}
        </Button>
      </h3>
      {credentials.length > 0 ? (
        <ul className="app-credentials" aria-label={says.credentialList}>
          {credentials.map((one) => (
            <Line key={one.id} one={one} onRotate={() => void rotate(one.id)} onRevoke={() => setRevoking(one.id)} />
          ))}
        </ul>
      ) : (
        <p className="app-note dim">{says.noCredentials}</p>
      )}
      <p className="app-note dim">{says.credentialsSays}</p>
      <Confirm
        open={revoking !== null}
        title={says.revokeTitle}
        says={says.revokeSays(name)}
        action={says.revokeAction}
        onAnswer={(yes) => {
          if (yes && revoking !== null) void revoke(revoking);
          setRevoking(null);
        }}
      />
    </section>
  );
}

function Line({
  one: { id, createdAt, lastUsedAt, endsAt },
  onRotate,
  onRevoke,
}: {
  one: Credential;
  onRotate: () => void;
  onRevoke: () => void;
}): ReactNode {
  const [now] = useState(() => Date.now() * 1000);
  const over = endsAt !== null && endsAt <= now;
  return (
    <li data-over={over || undefined}>
      <span className="mono">{id}</span>
      <span className="dim">
        {says.created(when(createdAt))}, {lastUsedAt === null ? says.neverUsed : says.used(when(lastUsedAt))}
        {endsAt !== null && `, ${over ? says.ended(when(endsAt)) : says.ends(when(endsAt))}`}
      </span>
      {!over && (
        <span className="app-credentials-deeds">
          {endsAt === null && (
            <Tip text={says.rotateTip}>
              <Button look="quiet" onClick={onRotate}>
                {says.rotate}
              </Button>
            </Tip>
          )}
          <Button look="quiet" className="app-revoke" onClick={onRevoke}>
            {says.revoke}
          </Button>
        </span>
      )}
    </li>
  );
}
