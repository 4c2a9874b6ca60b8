import { useCallback, useEffect, useRef, useState } from 'react';
import type { Sending } from '../../../../shared/contract/replay-schemas.ts';
import type { Draft, DraftProblem, SafetyQuestion } from '../../../../shared/model/replay.ts';
import { useApi } from '../../../client/api-context.ts';
import { noteAttempt, type Attempt } from '../drafts.ts';

/** So much of an answer is shown while it comes; all of it is recorded. */
const MOST_LIVE = 256 * 1024;
const MOST_MESSAGES = 500;
/** How often a stream is drawn at most. */
const DRAW_MS = 60;

export interface Progress {
  state: 'sending' | 'done' | 'failed' | 'cancelled';
  /** Id of the call it became; 0 when nothing is recorded. */
  call: number;
  head: Extract<Sending, { moment: 'head' }> | null;
  bytes: number;
  /** The beginning of the answer as text, as far as it can be read without undoing a coding. */
  text: string;
  messages: readonly Extract<Sending, { moment: 'message' }>[];
  /** Why there is no (whole) answer. */
  failure: string | null;
  afterUs: number;
}

export interface Stopped {
  problems: readonly DraftProblem[];
  questions: readonly SafetyQuestion[];
}

/** Sends a draft, follows what happens and can give it up. */
export function useSending(draft: Draft, environment: string | null) {
  const api = useApi();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [stopped, setStopped] = useState<Stopped | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), [draft.id]);

  const forget = useCallback(() => setStopped(null), []);

  async function send(confirmed: boolean): Promise<void> {
    running.current?.abort();
    const end = new AbortController();
    running.current = end;
    setStopped(null);
    const follow = createFollower(draft.id);
    let drawing: ReturnType<typeof setTimeout> | undefined;
    setProgress(follow.progress());
    try {
      const moments = await api.replay.send({ draft, environment, confirmed }, { signal: end.signal });
      for await (const moment of moments) {
        follow.take(moment);
        // A fast stream is drawn a few times a second.
        drawing ??= setTimeout(() => {
          drawing = undefined;
          setProgress(follow.progress());
        }, DRAW_MS);
      }
      if (running.current === end) setProgress(end.signal.aborted ? follow.cancel() : follow.over());
    } catch (error) {
      if (end.signal.aborted) {
        if (running.current === end) setProgress(follow.cancel());
        return;
      }
      const refusal = readRefusal(error);
      if (refusal) {
        setProgress(null);
        setStopped(refusal);
      } else setProgress(follow.fail(error instanceof Error ? error.message : String(error)));
    } finally {
      clearTimeout(drawing);
      if (running.current === end) running.current = null;
    }
  }

  return {
    progress,
    stopped,
    send,
    cancel: () => running.current?.abort(),
    forget,
  };
}

/** Folds the moments of one sending into what is shown of it, and tells the draft's attempts. */
function createFollower(draft: string) {
  const decoder = new TextDecoder();
  let noted = false;
  let now: Progress = {
    state: 'sending',
    call: 0,
    head: null,
    bytes: 0,
    text: '',
    messages: [],
    failure: null,
    afterUs: 0,
  };
  const attempt: Attempt = { call: 0, at: Date.now(), status: null, tookUs: null, failure: null };
  const tell = (change: Partial<Attempt>): void => {
    Object.assign(attempt, change);
    noteAttempt(draft, { ...attempt }, !noted);
    noted = true;
  };
  return {
    progress: () => now,
    take(moment: Sending) {
      switch (moment.moment) {
        case 'sent':
          // A redirect that is followed is a call of its own.
          now = { ...now, call: moment.call, head: null, bytes: 0, text: '', messages: [] };
          tell({ call: moment.call });
          break;
        case 'head':
          now = { ...now, head: moment, afterUs: moment.afterUs };
          tell({ status: moment.status });
          break;
        case 'data': {
          const bytes = Uint8Array.from(atob(moment.base64), (char) => char.charCodeAt(0));
          const text = now.text.length < MOST_LIVE ? now.text + decoder.decode(bytes, { stream: true }) : now.text;
          now = { ...now, bytes: now.bytes + bytes.length, text, afterUs: moment.afterUs };
          break;
        }
        case 'message':
          now = { ...now, messages: [...now.messages.slice(1 - MOST_MESSAGES), moment], afterUs: moment.afterUs };
          break;
        case 'end':
          now = { ...now, state: 'done', afterUs: moment.afterUs };
          tell({ tookUs: moment.afterUs });
          break;
        case 'failed':
          now = { ...now, state: 'failed', failure: moment.says, afterUs: moment.afterUs };
          tell({ tookUs: moment.afterUs, failure: moment.says });
          break;
      }
    },
    over(): Progress {
      return now.state === 'sending' ? (now = { ...now, state: 'done' }) : now;
    },
    cancel(): Progress {
      return (now = { ...now, state: 'cancelled' });
    },
    fail(says: string): Progress {
      return (now = { ...now, state: 'failed', failure: says });
    },
  };
}

function readRefusal(error: unknown): Stopped | null {
  const { code, data } = error as { code?: unknown; data?: Partial<Stopped> };
  return code === 'CANNOT_SEND' ? { problems: data?.problems ?? [], questions: data?.questions ?? [] } : null;
}
