import { ArrowLeft } from 'lucide-react';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { PolicyProblem } from '../../../../shared/contract/policies.ts';
import { useActions } from '../../../data/actions.ts';
import { changePlace, goTo } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { words } from '../../../words/index.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { Conflict } from './conflict.tsx';
import { draft } from './draft.ts';
import type { Draft } from './draft.ts';
import { readItem, setInItem } from './item-edit.ts';
import { findItems, itemAt } from './policy-items.ts';
import { PolicyForm } from './policy-form.tsx';
import type { SetField } from './policy-form.tsx';
import { PreviewPane } from './preview.tsx';
import { SaveButton } from './save-button.tsx';
import { useCheck } from './use-check.ts';
import { usePreview } from './use-preview.ts';
import { useSeen } from './use-seen.ts';
import { YamlEditor } from './yaml-editor.tsx';
import type { YamlEditorHandle } from './yaml-editor.tsx';
import { toast } from '../../../ui/toasts.tsx';
import './editor.css';

const says = words.policies;
const say = says.edit;
/** A candidate longer than this is sent without its file around it. */
const LONGEST_FILE = 200_000;
const NONE: readonly PolicyProblem[] = [];

/** The file as text and one of its policies as a form, side by side; what it would have done; what is wrong with it. */
export function EditorPage({
  begin,
  id,
  line,
  onAnew,
}: {
  begin: Draft;
  /** `*`: the whole file. */
  id: string;
  line: number | null;
  /** Reads the file again and begins from it. */
  onAnew: () => void;
}): ReactNode {
  const [text, setText] = useState(begin.text);
  const [source, setSource] = useState({ base: begin.base, saved: begin.saved });
  const [cursor, setCursor] = useState(0);
  const [newer, setNewer] = useState<number | null>(null);
  const yaml = useRef<YamlEditorHandle>(null);
  const seen = useSeen();
  const items = useMemo(() => findItems(text), [text]);
  const item = itemAt(items, cursor);
  const slice = item && text.slice(item.from, item.to);
  const read = useMemo(() => (slice === null ? null : readItem(slice)), [slice]);
  const checked = useCheck(text);
  const fresh = checked?.text === text;
  const errors = checked?.problems.filter(({ severity }) => severity === 'error') ?? [];
  // Marks stay where they are, moved along by the editor, until the next check says otherwise.
  const marked = useRef<readonly PolicyProblem[]>(NONE);
  if (fresh) marked.current = checked.problems;
  const changed = text !== source.saved;
  const itemId = item?.id ?? null;

  // The draft outlives this view.
  useEffect(() => draft.set(changed ? { text, ...source } : null), [text, source, changed]);
  useEffect(() => {
    const at = findItems(begin.text).find((one) => one.id === id);
    if (line !== null) yaml.current?.goTo(line, 1, true);
    else if (at) yaml.current?.goTo(at.line, 1, false);
  }, [begin, id, line]);
  useEffect(() => {
    if (itemId !== null && itemId !== '')
      changePlace({ edit: itemId, kind: undefined, vendor: undefined, line: undefined });
  }, [itemId]);

  /** What is replayed: the file as it is, or where another policy has a mistake, this one alone. */
  const candidate = useRef<{ text: string; id: string } | null>(null);
  const waits =
    !item ||
    errors.some(({ line: at }) => at >= item.line && at <= item.endLine) ||
    (checked !== null && read === null);
  if (fresh && item && !waits) {
    const whole = errors.length === 0 && text.length <= LONGEST_FILE;
    candidate.current = { text: whole ? text : (slice ?? ''), id: item.id };
  }
  const asked = candidate.current?.id === itemId ? candidate.current : null;
  const preview = usePreview(asked?.text ?? null, asked?.id ?? null);
  const stale = preview.result !== null && (!fresh || preview.of !== `${asked?.id}\n${asked?.text}`);

  const set: SetField = (path, value) => {
    if (!item || slice === null) return;
    const changes = setInItem(slice, path, value);
    if (changes === null) toast(say.writtenByHand);
    else
      yaml.current?.change(
        changes.map(({ from, to, insert }) => ({ from: from + item.from, to: to + item.from, insert })),
      );
  };
  const there = useRef(items);
  there.current = items;
  const choose = useCallback((at: number) => {
    const chosen = there.current[at];
    if (chosen) yaml.current?.goTo(chosen.line, 1, false);
  }, []);
  const back = (): void => goTo('policies', itemId ? { policy: itemId } : {});
  useActions(says.title, [{ id: 'policies.back', title: says.keys.list, keys: ['escape'], run: back }]);

  if (newer !== null) {
    return (
      <Conflict
        version={newer}
        mine={text}
        onTheirs={onAnew}
        onMine={(next, now) => {
          setText(next);
          setSource(now);
          setNewer(null);
        }}
      />
    );
  }

  return (
    <>
      <PolicyBar>
        <Button look="quiet" icon={ArrowLeft} onClick={back}>
          {say.back}
        </Button>
        <Choose ids={items.map((one) => one.id).join('\n')} at={item ? items.indexOf(item) : -1} onChoose={choose} />
        <span
          className="policies-state"
          role="status"
          data-state={!fresh ? 'checking' : errors.length > 0 ? 'bad' : 'good'}
        >
          {!fresh ? say.checking : errors.length > 0 ? say.mistakes(errors.length) : say.good}
        </span>
        <span className="page-gap" />
        {changed && <span className="policies-draft dim">{say.draft}</span>}
        <Button look="quiet" disabled={!changed} onClick={onAnew}>
          {say.discard}
        </Button>
        <SaveButton
          text={text}
          source={source}
          ready={fresh}
          errors={errors.length}
          onSaved={(version) => setSource({ base: version, saved: text })}
          onConflict={setNewer}
        />
      </PolicyBar>
      <div className="policy-editor">
        <div className="policy-editor-form">
          {item && read ? (
            <PolicyForm key={item.line} item={read} onSet={set} />
          ) : (
            <p className="policy-editor-no dim">{item ? say.noForm : say.noItem}</p>
          )}
        </div>
        <div className="policy-editor-text">
          <YamlEditor
            ref={yaml}
            text={text}
            problems={marked.current}
            shown={item}
            onChange={(next, at) => {
              setText(next);
              setCursor(at);
            }}
            onCursor={setCursor}
            seen={seen}
          />
          {checked && checked.problems.length > 0 && (
            <section className="policy-mistakes" aria-label={say.problems}>
              <ul>
                {checked.problems.map(({ line: at, column, severity, says: what }) => (
                  <li key={`${at}:${column} ${what}`}>
                    <button type="button" data-severity={severity} onClick={() => yaml.current?.goTo(at, column, true)}>
                      <span className="mono">{says.problemAt(at, column)}</span> {what}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <div className="policy-editor-preview">
          <PreviewPane preview={preview} stale={stale} waits={waits} />
        </div>
      </div>
    </>
  );
}

/** Which policy the form shows. Drawn again when one comes, goes or is named otherwise, not with every letter. */
const Choose = memo(function Choose({
  ids,
  at,
  onChoose,
}: {
  /** One a line. */
  ids: string;
  /** -1: none. */
  at: number;
  onChoose: (at: number) => void;
}): ReactNode {
  return (
    <select
      className="policies-choose"
      aria-label={say.choose}
      value={String(at)}
      onChange={(event) => onChoose(Number(event.target.value))}
    >
      <option value="-1">{say.whole}</option>
      {ids !== '' &&
        ids.split('\n').map((id, index) => (
          <option key={index} value={String(index)}>
            {id || say.notSaid}
          </option>
        ))}
    </select>
  );
});
