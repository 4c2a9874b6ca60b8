import type { ReactNode, Ref } from 'react';
import { Save, Send, Square } from 'lucide-react';
import { isCurl } from '../../../../shared/interchange/read-curl.ts';
import type { Draft } from '../../../../shared/model/replay.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/fields.tsx';
import { Keys } from '../../../ui/keys.tsx';
import { words } from '../../../words/index.ts';

const say = words.replay;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY'];

export interface RequestLineProps {
  draft: Draft;
  problem: string | null;
  sending: boolean;
  addressRef: Ref<HTMLInputElement>;
  onChange: (change: Partial<Pick<Draft, 'method' | 'url'>>) => void;
  onSend: () => void;
  onCancel: () => void;
  onSave: () => void;
  /** A cURL command was pasted into the address. */
  onCurl: (command: string) => void;
  environments: readonly string[];
  /** Null: none. */
  environment: string | null;
  onEnvironment: (name: string) => void;
}

/** Method, address, and the one next action. */
export function RequestLine(props: RequestLineProps): ReactNode {
  const { draft, problem, sending, addressRef, onChange, onSend, onCancel, onSave } = props;
  const { environments, environment, onEnvironment, onCurl } = props;
  return (
    <div className="replay-line">
      <TextField
        className="replay-method mono"
        aria-label={say.method}
        list="replay-methods"
        value={draft.method}
        onChange={(event) => onChange({ method: event.target.value.toUpperCase().trim() })}
      />
      <datalist id="replay-methods">
        {METHODS.map((method) => (
          <option key={method} value={method}>
            {method}
          </option>
        ))}
      </datalist>
      <TextField
        ref={addressRef}
        className="replay-address mono"
        aria-label={say.address}
        placeholder="https://api.example.com/v1/things"
        value={draft.url}
        problem={problem}
        onChange={(event) => onChange({ url: event.target.value.trim() })}
        onPaste={(event) => {
          const text = event.clipboardData.getData('text');
          if (!isCurl(text)) return;
          event.preventDefault();
          onCurl(text);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) onSend();
        }}
      />
      {environments.length > 0 && (
        <select
          className="text-field replay-environment"
          aria-label={say.environment}
          value={environment ?? ''}
          onChange={(event) => onEnvironment(event.target.value)}
        >
          <option value="">{say.noEnvironment}</option>
          {environments.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {sending ? (
        <Button icon={Square} onClick={onCancel}>
          {words.general.cancel}
        </Button>
      ) : (
        <Button look="primary" icon={Send} onClick={onSend}>
          {say.send}
          <Keys of="mod+enter" />
        </Button>
      )}
      <IconButton icon={Save} label={say.save.action} keys="mod+s" onClick={onSave} />
    </div>
  );
}
