import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { words } from '../../words/index.ts';

const says = words.apps;

export interface IssuedSecret {
  name: string;
  proxyUrl: string;
  /** Another one works on for a while. */
  rotated: boolean;
}

/** A secret, this once. */
export function Issued({ secret, onClose }: { secret: IssuedSecret; onClose: () => void }): ReactNode {
  const { name, proxyUrl, rotated } = secret;
  const shell = `export HTTP_PROXY='${proxyUrl}' HTTPS_PROXY='${proxyUrl}'`;
  return (
    <Dialog open onClose={onClose} title={says.issuedTitle(name)}>
      <div className="apps-form">
        <p>
          {says.issuedSays} {rotated && says.rotatedSays}
        </p>
        <Secret title={says.issuedAddress} text={proxyUrl} />
        <Secret title={says.issuedShell} text={shell} />
        <div className="dialog-buttons">
          <Button look="primary" onClick={onClose}>
            {says.issuedDone}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Secret({ title, text }: { title: string; text: string }): ReactNode {
  return (
    <div>
      <p className="dim">{title}</p>
      <div className="issued-line">
        <code>{text}</code>
        <CopyButton text={text} />
      </div>
    </div>
  );
}
