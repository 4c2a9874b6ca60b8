import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import type { IssuedSecret } from './issued.tsx';
import { useDeed } from './use-apps.ts';

const says = words.apps;

/** Names a program that need not have been seen, and gives it a secret. */
export function AddApp(props: {
  open: boolean;
  taken: readonly string[];
  onClose: () => void;
  onIssued: (secret: IssuedSecret) => void;
}): ReactNode {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={says.addTitle}>
      <Form {...props} />
    </Dialog>
  );
}

function Form({
  taken,
  onClose,
  onIssued,
}: {
  taken: readonly string[];
  onClose: () => void;
  onIssued: (secret: IssuedSecret) => void;
}): ReactNode {
  const deed = useDeed();
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const wanted = name.trim();
  const problem = wanted === '' ? says.addNeedsName : taken.includes(wanted) ? says.addTaken(wanted) : null;

  async function add(): Promise<void> {
    setTried(true);
    if (problem !== null) return;
    const issued = await deed((api) => api.apps.addCredential({ name: wanted }));
    if (issued) onIssued({ name: wanted, proxyUrl: issued.proxyUrl, rotated: false });
  }
  return (
    <form
      className="apps-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <p className="dim">{says.addSays}</p>
      <TextField
        autoFocus
        aria-label={says.addLabel}
        placeholder={says.addLabel}
        maxLength={200}
        value={name}
        problem={tried ? problem : null}
        onChange={(event) => setName(event.target.value)}
      />
      {tried && problem !== null && (
        <p className="apps-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="dialog-buttons">
        <Button onClick={onClose}>{words.general.cancel}</Button>
        <Button look="primary" type="submit">
          {says.addAction}
        </Button>
      </div>
    </form>
  );
}
