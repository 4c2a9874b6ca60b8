import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Plus } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { readCurl } from '../../../shared/interchange/read-curl.ts';
import type { DraftProblem } from '../../../shared/model/replay.ts';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { changePlace, goTo, linkTo, usePlace } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { Split } from '../../ui/split.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { ANSWER_TABS, AnswerPane, type AnswerTabId } from './answer/answer-pane.tsx';
import { useSending } from './answer/use-sending.ts';
import { DraftList } from './draft-list.tsx';
import { changeDraft, newDraft, openDraft, useOpenDrafts, type OpenDraft } from './drafts.ts';
import { REQUEST_TABS, RequestPane, tabOfPlace, type RequestTab } from './request/request-pane.tsx';
import { RequestLine } from './request/request-line.tsx';
import { Questions } from './questions.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { useEnvironments } from './use-environments.ts';
import { useCheck } from './use-check.ts';
import '../../ui/page.css';
import './replay.css';

const say = words.replay;
const isText = (value: unknown): value is string => typeof value === 'string';

/** The keys of the parts, while nothing is written. */
const LETTERS: Readonly<Record<RequestTab | AnswerTabId, string>> = {
  query: 'q',
  headers: 'h',
  body: 'b',
  auth: 'a',
  settings: 'i',
  answer: 'r',
  compare: 'c',
  attempts: 't',
};

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 20 && value <= 80;

/** The workbench: `?draft=…` shows an open draft, `?call=…` makes one of a recorded call. */
export default function ReplayPage(): ReactNode {
  const { params } = usePlace();
  const drafts = useOpenDrafts();
  const asked = params['draft'] ?? '';
  const call = Number(params['call']) || 0;
  const saved = params['saved'] ?? '';
  const open = drafts.find(({ draft }) => draft.id === asked) ?? null;
  const begin = (): void => {
    const draft = newDraft();
    openDraft({ draft, marks: [], says: [] });
    goTo('replay', { draft: draft.id });
  };
  useActions(say.title, [{ id: 'replay.new', title: say.newRequest, keys: ['n'], run: begin }]);
  return (
    <section className="replay" aria-label={say.title}>
      <DraftList shown={open?.draft.id ?? null} onNew={begin} />
      {open ? (
        <Workbench key={open.draft.id} open={open} />
      ) : saved !== '' ? (
        <Opening name={saved} />
      ) : call > 0 ? (
        <Making call={call} />
      ) : (
        <div className="replay-start">
          <Empty title={say.emptyTitle} says={say.emptySays}>
            <Button look="primary" icon={Plus} onClick={begin}>
              {say.newRequest}
            </Button>
            <a href={linkTo('traffic')}>{say.toTraffic}</a>
          </Empty>
        </div>
      )}
    </section>
  );
}

/** Reads a saved request, and goes on with it. */
function Opening({ name }: { name: string }): ReactNode {
  const api = useApi();
  const read = useQuery({
    queryKey: ['replay', 'read', name],
    gcTime: 0,
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => api.collections.read({ name }, { signal }),
  });
  useEffect(() => {
    if (!read.data) return;
    const { draft, ...expects } = read.data;
    openDraft({ draft: { ...draft, name: draft.name ?? name }, marks: [], says: [], expects });
    changePlace({ draft: draft.id });
  }, [read.data, name]);
  return (
    <div className="replay-start">
      {read.error ? (
        <Empty
          title={say.cannotOpen(name)}
          says={read.error instanceof Error ? read.error.message : String(read.error)}
        />
      ) : (
        <Late>
          <p className="replay-hint dim">{words.general.loading}</p>
        </Late>
      )}
    </div>
  );
}

/** Asks the engine for a draft of a call, and goes on with it. */
function Making({ call }: { call: number }): ReactNode {
  const api = useApi();
  const made = useQuery({
    queryKey: ['replay', 'draft', call],
    // Every opening is a draft of its own.
    gcTime: 0,
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => api.replay.draft({ call }, { signal }),
  });
  useEffect(() => {
    if (!made.data) return;
    openDraft(made.data);
    changePlace({ draft: made.data.draft.id });
  }, [made.data]);
  if (made.error)
    return (
      <div className="replay-start">
        <Empty
          title={say.cannotMake(call)}
          says={made.error instanceof Error ? made.error.message : String(made.error)}
        >
          <a href={linkTo('call', { id: String(call) })}>{say.recordedCall(call)}</a>
        </Empty>
      </div>
    );
  return (
    <div className="replay-start">
      <Late>
        <p className="replay-hint dim">{words.general.loading}</p>
      </Late>
    </div>
  );
}

function Workbench({ open }: { open: OpenDraft }): ReactNode {
  const { draft } = open;
  const address = useRef<HTMLInputElement>(null);
  const bench = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState(0);
  const [saving, setSaving] = useState(false);
  const [share, setShare] = usePreference('replay.share', 50, isShare);
  const [chosen, setEnvironment] = usePreference('replay.environment', '', isText);
  const listed = useEnvironments();
  const environment = listed.includes(chosen) ? chosen : null;
  const checked = useCheck(draft, environment);
  const sending = useSending(draft, environment);
  const isSending = sending.progress?.state === 'sending';
  const problems: readonly DraftProblem[] = sending.stopped?.problems.length
    ? sending.stopped.problems
    : (checked?.problems ?? []);
  const onLine = problems.filter(({ place }) => tabOfPlace(place) === null);
  const send = (): void => {
    if (isSending) return;
    changePlace({ show: keptSide() });
    void sending.send(false);
  };
  const focusPane = (side: 'request' | 'answer', tab: string): void => {
    if (tab === 'body') setFocus((before) => before + 1);
    requestAnimationFrame(() => {
      const panel = bench.current?.querySelector<HTMLElement>(`.replay-${side} .tabs-panel`);
      const field = panel?.querySelector<HTMLElement>('.pair input:not([type="checkbox"]), input, select, textarea');
      if (tab !== 'body' || !panel?.contains(document.activeElement))
        (side === 'request' && tab !== 'body' ? (field ?? panel) : panel)?.focus();
    });
  };

  const begin = useEffectEvent(() => {
    // A new request begins with its address; a recorded one with a look at it.
    if (draft.origin === null && draft.url === 'https://') address.current?.focus();
    else bench.current?.focus();
  });
  useEffect(() => begin(), []);

  // What stood in the way of another text says nothing of this one.
  const { forget } = sending;
  useEffect(forget, [draft, forget]);

  /** Out of a field to the workbench, where letters are keys; from there, out of a sending. */
  const leave = (): void => {
    if (document.activeElement?.matches('input, textarea, select')) bench.current?.focus();
    else if (isSending) sending.cancel();
  };

  useActions(say.title, [
    { id: 'replay.send', title: say.send, keys: ['mod+enter'], run: send },
    { id: 'replay.leave', title: say.keys.leave, keys: ['escape'], quiet: true, whileTyping: true, run: leave },
    { id: 'replay.save', title: say.save.action, keys: ['mod+s'], run: () => setSaving(true) },
    { id: 'replay.address', title: say.keys.address, keys: ['l'], run: () => address.current?.select() },
    ...REQUEST_TABS.map((id) => ({
      id: `replay.edit.${id}`,
      title: say.keys.edit(say.part[id]),
      keys: [LETTERS[id]],
      run: () => {
        changePlace({ edit: id });
        focusPane('request', id);
      },
    })),
    ...ANSWER_TABS.map((id) => ({
      id: `replay.show.${id}`,
      title: say.keys.show(say.shown[id]),
      keys: [LETTERS[id]],
      run: () => {
        changePlace({ show: id });
        focusPane('answer', id);
      },
    })),
  ]);

  return (
    <div role="group" aria-label={say.bench} className="replay-bench" ref={bench} tabIndex={-1}>
      <RequestLine
        draft={draft}
        problem={onLine.map(({ says }) => says).join(' ') || null}
        sending={isSending}
        addressRef={address}
        onChange={(change) => changeDraft(draft.id, (one) => ({ ...one, ...change }))}
        onSend={send}
        onCancel={sending.cancel}
        onSave={() => setSaving(true)}
        onCurl={(command) => {
          const read = readCurl(command);
          if ('draft' in read) {
            changeDraft(draft.id, (one) => ({ ...read.draft, id: one.id, name: one.name }));
            toast(say.fromCurl, { says: read.says.join(' ') || say.fromCurlSays });
          } else toast(say.noCurl, { says: read.says });
        }}
        environments={listed}
        environment={environment}
        onEnvironment={setEnvironment}
      />
      {problems.length > 0 && <Problems problems={problems} />}
      {open.says.length > 0 && open.attempts.length === 0 && (
        <p className="replay-remarks dim">{open.says.join(' ')}</p>
      )}
      <Split
        share={share}
        onShare={setShare}
        first={<RequestPane open={open} problems={problems} focus={focus} />}
        second={<AnswerPane open={open} progress={sending.progress} />}
      />
      {saving && <SaveDialog open={open} onClose={() => setSaving(false)} />}
      {sending.stopped && sending.stopped.problems.length === 0 && sending.stopped.questions.length > 0 && (
        <Confirm
          open
          look="primary"
          title={say.confirm}
          action={say.sendAnyway}
          says={<Questions draft={draft} questions={sending.stopped.questions} />}
          onAnswer={(yes) => {
            sending.forget();
            if (yes) void sending.send(true);
          }}
        />
      )}
    </div>
  );
}

/** What the answer's side shows when something is sent again: a comparison stays one. */
function keptSide(): string | undefined {
  const show = new URLSearchParams(location.hash.split('?', 2)[1] ?? '').get('show');
  return show === 'compare' ? show : undefined;
}

/** What stands in the way of sending; each leads to its place. */
function Problems({ problems }: { problems: readonly DraftProblem[] }): ReactNode {
  return (
    <ul className="replay-problems" role="alert" aria-label={say.inTheWay}>
      {problems.map(({ place, says }) => {
        const tab = tabOfPlace(place);
        return (
          <li key={`${place} ${says}`}>
            {tab === null ? (
              <strong>{say.place(place)}</strong>
            ) : (
              <button type="button" className="replay-problem-link" onClick={() => changePlace({ edit: tab })}>
                {say.place(place)}
              </button>
            )}{' '}
            {says}
          </li>
        );
      })}
    </ul>
  );
}
