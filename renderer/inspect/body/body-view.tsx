import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Copy, Download, FoldVertical, Search, WrapText } from 'lucide-react';
import type { BodyForm } from '../../../shared/payload/recognise.ts';
import { BODY_FORMS } from '../../../shared/payload/recognise.ts';
import { formatSize } from '../../../shared/format/quantities.ts';
import { useActions } from '../../data/actions.ts';
import { usePreference } from '../../data/preferences.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Choice } from '../../ui/fields.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { Size } from '../../ui/quantity.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { copyText } from '../copy-text.ts';
import type { BodyReader } from './body-reader.ts';
import { openBodyReader } from './body-reader.ts';
import { FieldsView } from './fields-view.tsx';
import { FindBar } from './find-bar.tsx';
import { HexView } from './hex-view.tsx';
import { ImageView } from './image-view.tsx';
import { PartsView } from './parts-view.tsx';
import type { BodyHint, BodySource, Look, Opened, PartFacts, Shown } from './protocol.ts';
import { endingOf, lookOf } from './look-of.ts';
import { useSeek } from './use-seek.ts';
import { TableView } from './table-view.tsx';
import { WindowView } from './window-view.tsx';
import './body-view.css';

const CodeView = lazy(() => import('./code-view.tsx'));

const say = words.inspect.viewer;
const SLOW_MS = 8000;
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

export interface BodyViewProps {
  source: BodySource;
  hint: BodyHint;
  /** What is known to be missing of it, in words; shown above it. */
  remarks?: readonly string[];
  /** Name of the file it is saved as, without an ending. */
  fileName: string;
}

/** A body of bytes that are at hand: a part, a message. */
export function BodyOfBytes({
  bytes,
  contentType,
  name,
}: {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string | null;
  name: string;
}): ReactNode {
  const source = useMemo(() => ({ bytes }), [bytes]);
  return <BodyView source={source} hint={{ contentType, path: '' }} fileName={name} />;
}

type State =
  | { at: 'opening'; progress: { loaded: number; total: number | null } | null }
  | { at: 'failed'; says: string }
  | { at: 'open'; reader: BodyReader; opened: Opened };

/** Shows a body: recognised, laid out, raw or as hex; with search, folding, copy and save. */
export function BodyView({ source, hint, remarks = [], fileName }: BodyViewProps): ReactNode {
  const [state, setState] = useState<State>({ at: 'opening', progress: null });
  const [round, setRound] = useState(0);
  const key = 'url' in source ? source.url : source.bytes;
  const open = useEffectEvent(
    (reader: BodyReader, onProgress: (progress: { loaded: number; total: number | null }) => void) =>
      reader.ask('open', { source, hint }, onProgress),
  );

  useEffect(() => {
    const reader = openBodyReader();
    let current = true;
    setState({ at: 'opening', progress: null });
    open(reader, (progress) => current && setState({ at: 'opening', progress })).then(
      (opened) => current && setState({ at: 'open', reader, opened }),
      (error: unknown) =>
        current && setState({ at: 'failed', says: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
      reader.release();
    };
    // The key says which bytes; hints of the same bytes do not change.
  }, [key, round]);

  if (state.at === 'failed') {
    return (
      <Empty title={say.failed} says={state.says}>
        <Button onClick={() => setRound(round + 1)}>{words.general.retry}</Button>
      </Empty>
    );
  }
  if (state.at === 'opening') {
    const { progress } = state;
    return (
      <Late>
        <div className="body-opening dim" role="status">
          <p>
            {progress
              ? say.loadingOf(formatSize(progress.loaded), progress.total === null ? null : formatSize(progress.total))
              : say.loading}
          </p>
          {progress?.total && <progress max={progress.total} value={progress.loaded} aria-label={say.loading} />}
        </div>
      </Late>
    );
  }
  return (
    <OpenBody
      reader={state.reader}
      opened={state.opened}
      source={source}
      remarks={remarks}
      fileName={fileName}
      onRestart={() => setRound(round + 1)}
    />
  );
}

function OpenBody({
  reader,
  opened,
  source,
  remarks,
  fileName,
  onRestart,
}: {
  reader: BodyReader;
  opened: Opened;
  source: BodySource;
  remarks: readonly string[];
  fileName: string;
  onRestart: () => void;
}): ReactNode {
  const [form, setForm] = useState<BodyForm | null>(null);
  const [wanted, setLook] = useState<Look>('pretty');
  const [shown, setShown] = useState<{ shown: Shown; look: Look; form: BodyForm } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [slow, setSlow] = useState(false);
  const [wrap, setWrap] = usePreference('inspect.wrap', true, isBoolean);
  const [foldTo, setFoldTo] = useState<{ depth: number } | null>(null);
  const [path, setPath] = useState<string | null>(null);
  const actual = form ?? opened.form;
  const look = lookOf(wanted, actual);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => current && setSlow(true), SLOW_MS);
    reader.ask('show', { look, form }).then(
      (answer) => {
        clearTimeout(timer);
        if (!current) return;
        setShown({ shown: answer, look, form: actual });
        setFault(null);
        setPath(null);
        setFoldTo(null);
      },
      (error: unknown) => current && setFault(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      clearTimeout(timer);
      setSlow(false);
    };
  }, [reader, look, form, actual]);

  const seek = useSeek(reader, shown?.shown ?? null, onRestart);
  const isText = shown?.shown.kind === 'text' || shown?.shown.kind === 'rows';
  const place = (offset: number): void => {
    if (shown?.shown.kind !== 'text' && shown?.shown.kind !== 'rows') return;
    if (shown.shown.language !== 'json') return;
    void reader.ask('path', { offset }).then(
      (answer) => setPath(answer.path),
      () => {},
    );
  };
  const copyAll = (): void => {
    void reader.ask('text', {}).then(
      ({ text }) => copyText(text, say.copied),
      () => toast(words.inspect.copyFailed),
    );
  };
  const save = (): void => {
    const link = document.createElement('a');
    const address = 'url' in source ? source.url : URL.createObjectURL(new Blob([source.bytes]));
    link.href = address;
    link.download = `${fileName.replace(/[^\w.-]+/g, '-')}${/\.\w{1,5}$/.test(fileName) ? '' : endingOf(opened)}`;
    link.click();
    if (!('url' in source)) setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  useActions(words.inspect.call, [
    ...(isText ? [{ id: 'body.find', title: say.find, keys: ['shift+f'], run: seek.open }] : []),
    { id: 'body.save', title: say.save, run: save },
    { id: 'body.copy', title: say.copyAll, run: copyAll },
    ...(['pretty', 'raw', 'hex'] as const).map((one) => ({
      id: `body.${one}`,
      title: say.lookAs(say.look[one]),
      run: () => setLook(one),
    })),
  ]);

  const now = shown?.shown;
  const notes = [
    ...remarks,
    ...(opened.contentEncoding === null ? [] : [say.stillCoded(opened.contentEncoding)]),
    ...(now && 'problem' in now && now.problem !== null ? [say.problem(say.form[shown.form], now.problem)] : []),
    ...(now && 'charset' in now && now.charset !== null ? [say.charset(now.charset)] : []),
    ...(now && 'redacted' in now && now.redacted ? [say.redacted] : []),
  ];
  const folds = now?.kind === 'text' && now.folds.length > 0;
  return (
    // With the focus in the body, the browser's own key for finding finds in the body.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="body-view"
      role="group"
      aria-label={words.inspect.parts.body}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === 'f' && isText) {
          event.preventDefault();
          event.stopPropagation();
          seek.open();
        }
      }}
    >
      <div className="body-bar">
        <MenuButton
          trigger={
            <button
              type="button"
              className="button button-quiet body-form"
              aria-label={say.formLabel(opened.name ?? say.form[actual])}
            >
              {opened.name ?? say.form[actual]}
              {form !== null && <span className="unit">{say.chosen}</span>}
            </button>
          }
          entries={[
            {
              title: say.asRecognised(opened.name ?? say.form[opened.form]),
              checked: form === null,
              run: () => setForm(null),
            },
            null,
            ...BODY_FORMS.filter((one) => one !== 'empty').map((one) => ({
              title: say.form[one],
              checked: form === one,
              run: () => setForm(one),
            })),
          ]}
        />
        <Choice
          label={say.lookLabel}
          value={look}
          options={(['pretty', 'raw', 'hex'] as const)
            .filter((one) => lookOf(one, actual) === one)
            .map((one) => ({ value: one, title: say.look[one] }))}
          onChange={setLook}
        />
        <span className="body-size dim">
          <Size bytes={opened.bytes} />
        </span>
        <span className="body-gap" />
        {isText && <IconButton icon={Search} label={say.find} keys="shift+f" onClick={seek.open} />}
        {folds && (
          <MenuButton
            align="end"
            trigger={
              <button type="button" className="button button-quiet button-icon" aria-label={say.fold}>
                <FoldVertical size={16} aria-hidden />
              </button>
            }
            entries={[
              ...[1, 2, 3, 4].map((depth) => ({ title: say.foldTo(depth), run: () => setFoldTo({ depth }) })),
              null,
              { title: say.unfold, run: () => setFoldTo({ depth: 0 }) },
            ]}
          />
        )}
        {now?.kind === 'text' && (
          <IconButton icon={WrapText} label={say.wrap} pressed={wrap} onClick={() => setWrap(!wrap)} />
        )}
        <IconButton icon={Copy} label={say.copyAll} onClick={copyAll} />
        <IconButton icon={Download} label={say.save} onClick={save} />
      </div>
      {seek.sought && (
        <FindBar
          sought={seek.sought}
          onSeek={seek.seek}
          count={seek.found.matches.length / 2}
          more={seek.found.more}
          current={seek.current}
          problem={seek.found.problem}
          onStep={seek.step}
          onClose={seek.close}
          field={seek.field}
        />
      )}
      {notes.length > 0 && (
        <ul className="body-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {fault !== null && <Empty title={say.failed} says={fault} />}
      {!now && fault === null && (
        <Late>
          <div className="body-opening dim" role="status">
            <p>{slow ? say.slow : say.layingOut}</p>
          </div>
        </Late>
      )}
      {now?.kind === 'text' && (
        <Suspense fallback={null}>
          <CodeView
            text={now.text}
            language={now.language}
            folds={now.folds}
            label={say.text}
            matches={seek.found.matches}
            current={seek.current}
            foldTo={foldTo}
            wrap={wrap}
            onCaret={place}
          />
        </Suspense>
      )}
      {now?.kind === 'rows' && (
        <WindowView
          key={`${look} ${actual}`}
          reader={reader}
          shown={now}
          matches={seek.found.matches}
          current={seek.current}
          goTo={seek.goTo}
          onPlace={place}
        />
      )}
      {now?.kind === 'hex' && <HexView key={`${look} ${actual}`} reader={reader} shown={now} />}
      {now?.kind === 'table' && <TableView key={`${look} ${actual}`} reader={reader} shown={now} />}
      {now?.kind === 'image' && <ImageView shown={now} />}
      {now?.kind === 'fields' && <FieldsView fields={now.fields} />}
      {now?.kind === 'parts' && <PartsView reader={reader} shown={now} draw={drawPart} />}
      {path !== null && isText && (
        <div className="body-path">
          <span className="mono ellipsis" title={path}>
            {path}
          </span>
          <IconButton icon={Copy} label={say.copyPath} onClick={() => copyText(path, say.copiedPath)} />
        </div>
      )}
    </div>
  );
}

function drawPart(bytes: Uint8Array<ArrayBuffer>, { contentType, title }: PartFacts): ReactNode {
  return <BodyOfBytes bytes={bytes} contentType={contentType} name={title} />;
}
