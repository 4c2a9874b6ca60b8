import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { Button } from '../../../ui/button.tsx';
import { Tip } from '../../../ui/tip.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { words } from '../../../words/index.ts';
import { ConfirmChange } from '../confirm-change.tsx';
import { messageOf, newerVersion } from '../use-policies.ts';
import { newlyEnforced } from './new-text.ts';
import { readItem } from './item-edit.ts';
import { findItems } from './policy-items.ts';

const says = words.policies;
const say = says.edit;

/** Puts what is written in force, after its difference was seen. */
export function SaveButton({
  text,
  source,
  ready,
  errors,
  onSaved,
  onConflict,
}: {
  text: string;
  source: { base: number; saved: string };
  /** What is written was checked. */
  ready: boolean;
  errors: number;
  onSaved: (version: number) => void;
  onConflict: (version: number) => void;
}): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const changed = text !== source.saved;
  const can = changed && ready && errors === 0;
  const why = errors > 0 ? say.fixFirst(errors) : changed ? null : say.nothing;
  useActions(says.title, [
    {
      id: 'policies.save',
      title: says.keys.save,
      keys: ['mod+s'],
      run: () => {
        if (can) setAsking(true);
        else if (why !== null) toast(why);
      },
    },
  ]);

  async function save(reason: string | null): Promise<void> {
    setAsking(false);
    if (reason === null) return;
    try {
      const { version } = await api.policies.apply({ text, base: source.base, ...(reason !== '' && { reason }) });
      onSaved(version);
      toast(say.saved(version));
      await queries.invalidateQueries({ queryKey: ['policies'] });
    } catch (fault) {
      const newer = newerVersion(fault);
      if (newer === null) toast(say.notSaved, { says: messageOf(fault) });
      else onConflict(newer);
    }
  }

  const enforced = asking ? newlyEnforced(modesOf(source.saved), modesOf(text)) : [];
  return (
    <>
      <Tip text={why ?? say.saveTitle} keys="mod+s">
        <Button look={can ? 'primary' : 'plain'} disabled={!can} onClick={() => setAsking(true)}>
          {say.save}
        </Button>
      </Tip>
      {asking && (
        <ConfirmChange
          title={say.saveTitle}
          says={enforced.length > 0 ? <strong>{say.saveEnforces(enforced.join(', '))}</strong> : null}
          diff={{ before: source.saved, after: text }}
          action={say.saveAction}
          onAnswer={(reason) => void save(reason)}
        />
      )}
    </>
  );
}

function modesOf(text: string): { id: string; mode: string }[] {
  return findItems(text).map(({ id, from, to }) => {
    const mode = readItem(text.slice(from, to))?.['mode'];
    return { id, mode: typeof mode === 'string' ? mode : '' };
  });
}
