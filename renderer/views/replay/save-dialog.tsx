import { useState } from 'react';
import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Draft, DraftProblem } from '../../../shared/model/replay.ts';
import { useApi } from '../../client/api-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { keepAs, type OpenDraft } from './drafts.ts';

const say = words.replay.save;

/** What a request is called at first: its host and path in words that may be a file's. */
function nameOf({ name, method, url }: Draft): string {
  if (name !== null) return name;
  const path = /^[a-z]+:\/\/([^/?#]*)([^?#]*)/i.exec(url);
  const words = `${path?.[1] ?? ''} ${method.toLowerCase()} ${path?.[2] ?? ''}`.match(/[\p{L}\p{N}._-]+/gu) ?? [];
  return words.join('-').replace(/^\.+/, '').slice(0, 80) || 'request';
}

/** Gives a request a name and writes it into a file, or says why it may not be written. */
export function SaveDialog({ open: { draft, expects }, onClose }: { open: OpenDraft; onClose: () => void }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState(() => nameOf(draft));
  const [problems, setProblems] = useState<readonly Pick<DraftProblem, 'place' | 'says'>[]>([]);
  const [isThere, setIsThere] = useState(false);
  const save = (over: boolean): void => {
    const named = { ...draft, name };
    api.collections.save({ name, draft: named, ...expects, over }).then(
      ({ path }) => {
        keepAs(draft.id, name);
        void queries.invalidateQueries({ queryKey: ['replay', 'saved'] });
        toast(say.saved(name), { says: path });
        onClose();
      },
      (error: unknown) => {
        const { code, data } = error as { code?: unknown; data?: { problems?: DraftProblem[]; why?: string } };
        const says = error instanceof Error ? error.message : String(error);
        setIsThere(code === 'CANNOT_DO' && (data?.why ?? '').startsWith('There is a request'));
        setProblems(code === 'CANNOT_SEND' ? (data?.problems ?? []) : [{ place: '', says }]);
      },
    );
  };
  return (
    <Dialog open onClose={onClose} title={say.title}>
      <form
        className="replay-save"
        onSubmit={(event) => {
          event.preventDefault();
          save(isThere);
        }}
      >
        <label className="replay-field">
          <span>{say.name}</span>
          <TextField
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is opened to write here
            autoFocus
            value={name}
            maxLength={200}
            onFocus={(event) => event.target.select()}
            onChange={(event) => {
              setName(event.target.value);
              setIsThere(false);
            }}
          />
        </label>
        <p className="replay-hint dim">{say.says}</p>
        {problems.length > 0 && (
          <ul className="replay-save-problems" role="alert">
            {problems.map(({ place, says }) => (
              <li key={`${place} ${says}`}>
                {place !== '' && <strong>{words.replay.place(place)}</strong>} {says}
              </li>
            ))}
          </ul>
        )}
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
          <Button look="primary" type="submit" disabled={name.trim() === ''}>
            {isThere ? say.over : say.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
