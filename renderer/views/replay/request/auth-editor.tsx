import { useState } from 'react';
import type { ReactNode } from 'react';
import { Eye, EyeOff } from 'lucide-react';
import type { DraftAuth } from '../../../../shared/model/replay.ts';
import { IconButton } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/fields.tsx';
import { Valued } from '../../../inspect/valued.tsx';
import { words } from '../../../words/index.ts';
import type { OpenDraft } from '../drafts.ts';

const say = words.replay.auth;
type AuthKind = DraftAuth['kind'];
const KINDS: readonly AuthKind[] = ['recorded', 'none', 'bearer', 'basic', 'header', 'query', 'stored'];

const FRESH: Readonly<Record<AuthKind, DraftAuth>> = {
  recorded: { kind: 'recorded' },
  none: { kind: 'none' },
  bearer: { kind: 'bearer', token: '' },
  basic: { kind: 'basic', user: '', password: '' },
  header: { kind: 'header', name: 'X-Api-Key', value: '' },
  query: { kind: 'query', name: 'api_key', value: '' },
  stored: { kind: 'stored', name: '' },
};

/** Who the request says it is from. */
export function AuthEditor({
  open: { draft, marks },
  problem,
  onChange,
}: {
  open: OpenDraft;
  problem: string | null;
  onChange: (auth: DraftAuth) => void;
}): ReactNode {
  const { auth } = draft;
  return (
    <div className="replay-fields">
      <label className="replay-field">
        <span>{say.kind}</span>
        <select
          className="text-field"
          value={auth.kind}
          onChange={(event) => onChange(FRESH[event.target.value as AuthKind])}
        >
          {KINDS.filter((kind) => kind !== 'recorded' || draft.origin !== null).map((kind) => (
            <option key={kind} value={kind}>
              {say.kinds[kind]}
            </option>
          ))}
        </select>
      </label>
      {problem !== null && <p className="replay-problem tone-server">{problem}</p>}
      <p className="replay-hint dim">{say.says[auth.kind]}</p>
      <Fields auth={auth} onChange={onChange} />
      {auth.kind === 'recorded' && marks.length > 0 && (
        <table className="replay-marks">
          <caption className="unseen">{say.marks}</caption>
          <tbody>
            {marks.map(({ place, mark, known }) => (
              <tr key={`${place} ${mark}`}>
                <th scope="row">{words.replay.place(place)}</th>
                <td className="mono">
                  <Valued value={mark} />
                </td>
                <td className={known ? 'dim' : 'tone-client'}>{known ? say.known : say.unknown}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Fields({ auth, onChange }: { auth: DraftAuth; onChange: (auth: DraftAuth) => void }): ReactNode {
  switch (auth.kind) {
    case 'recorded':
    case 'none':
      return null;
    case 'bearer':
      return <Secret label={say.token} value={auth.token} onChange={(token) => onChange({ ...auth, token })} />;
    case 'basic':
      return (
        <>
          <Plain label={say.user} value={auth.user} onChange={(user) => onChange({ ...auth, user })} />
          <Secret label={say.password} value={auth.password} onChange={(password) => onChange({ ...auth, password })} />
        </>
      );
    case 'header':
    case 'query':
      return (
        <>
          <Plain label={say.name} value={auth.name} onChange={(name) => onChange({ ...auth, name })} />
          <Secret label={say.value} value={auth.value} onChange={(value) => onChange({ ...auth, value })} />
        </>
      );
    case 'stored':
      return <Plain label={say.stored} value={auth.name} onChange={(name) => onChange({ ...auth, name })} />;
  }
}

function Plain({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  return (
    <label className="replay-field">
      <span>{label}</span>
      <TextField className="mono" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** Hidden until somebody wants to see it; a text with a variable is no secret. */
function Secret({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  const [seen, setSeen] = useState(false);
  const shown = seen || /\{\{[^{}]+\}\}/.test(value);
  return (
    <div className="replay-field">
      <span aria-hidden>{label}</span>
      <TextField
        className="mono"
        type={shown ? 'text' : 'password'}
        aria-label={label}
        value={value}
        placeholder={say.secretHint}
        onChange={(event) => onChange(event.target.value)}
      />
      <IconButton
        icon={shown ? EyeOff : Eye}
        label={shown ? say.hide(label) : say.show(label)}
        pressed={seen}
        onClick={() => setSeen(!seen)}
      />
    </div>
  );
}
