import type { Emit, Identified } from '../../../../shared/events/call-event.ts';
import { MOCK_TAG } from '../../../../shared/model/caller.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Moment } from '../../../../shared/mocks/script-answer.ts';
import type { Answer, Control, Dispatch, OutboundRequest, OwnAnswer, Stage } from '../dispatch.ts';
import { READ_AHEAD } from './govern.ts';
import { HeldRequest } from './held-request.ts';
import { whenCallerKnown } from './known-caller.ts';
import { playAnswer, type Playing } from './play-answer.ts';

/** The sets of mocks that answer now, as this stage knows them. Nothing of it throws. */
export interface Mocking {
  /** None answers: calls pass untouched. */
  readonly idle: boolean;
  /** Some set is for certain apps only. */
  readonly asksWho: boolean;
  /** Null: no set is for this caller. */
  meet(request: OutboundRequest): Mocked | null;
}

/** One call of a caller that a set is for. */
export interface Mocked {
  /** Which mock it is hangs on the request's body. */
  readonly readsBody: boolean;
  /** `body`: all of it; null when there is none, it is too long or was not asked for. Null: it goes on to its origin. */
  choose(body: Buffer | null): MockedAnswer | null;
}

export type MockedAnswer = {
  /** `SET/ID`, as the row says it. */
  name: string;
} & ({ moments: Iterator<Moment> } | { refused: Failure; answer: OwnAnswer });

/**
 * Answers calls from mocks. Inside of `record`, so that they are rows, with a tag that says who answered and without an
 * attempt; inside of `govern`, so that what policies refuse is refused in tests as well, and what never left is counted as
 * that. The whole request is read before it is answered, as origins do.
 */
export function mockStage(mocking: Mocking, emit: Emit): Stage {
  return (next: Dispatch): Dispatch =>
    (request, answer) => {
      if (mocking.idle) return next(request, answer);
      const meet: Dispatch = (known, to) => {
        const mocked = mocking.meet(known);
        return mocked === null ? next(known, to) : meetMock(mocked, next, known, to, emit);
      };
      return mocking.asksWho ? whenCallerKnown(meet, request, answer) : meet(request, answer);
    };
}

function meetMock(mocked: Mocked, next: Dispatch, request: OutboundRequest, answer: Answer, emit: Emit): Control {
  const reads = mocked.readsBody && request.body !== null;
  let chosen = reads ? null : mocked.choose(null);
  if (chosen === null && !reads) return next(request, answer);
  let playing: Playing | null = null;
  let left = false;

  const held = new HeldRequest(answer, READ_AHEAD, {
    // Of a longer body nobody can say that it fits.
    overflow: () => decide(null),
    complete() {
      if (chosen !== null) begin(chosen);
      else decide(Buffer.concat(held.pieces));
    },
    left() {
      left = true;
      playing?.stop();
    },
    flow(paused) {
      if (paused) playing?.pause();
      else playing?.resume();
    },
  });

  function decide(body: Buffer | null): void {
    chosen = mocked.choose(body);
    if (chosen === null) {
      held.goOn(next(request, answer));
      return;
    }
    held.drop();
    if (held.isComplete) begin(chosen);
  }

  /** Whoever asked has to have us in hand, and be done with reading the request, before it is answered. */
  function begin(said: MockedAnswer): void {
    queueMicrotask(() => {
      if (left) return;
      emit(toldOf(request.call, said.name));
      if ('refused' in said) answer.fail(said.refused, said.answer);
      else {
        playing = playAnswer(said.moments, answer, {
          protocol: request.protocol,
          paused: held.paused,
          broken: (kind) => ({ kind, detail: `The mock “${said.name}” ${HOW_BROKEN[kind]}.` }),
        });
        playing.begin();
      }
    });
  }

  if (chosen !== null) held.drop();
  if (request.body === null) begin(chosen!);
  else if (request.expectsContinue)
    queueMicrotask(() => {
      // The caller sends nothing before somebody says so (RFC 9110 §10.1.1).
      if (!left && !held.isComplete) answer.informed(100, [], '');
    });
  return held;
}

const HOW_BROKEN = { reset: 'reset the connection', 'closed-early': 'cut the answer short' } as const;

/** The row says who answered. */
function toldOf(call: number, name: string): Identified {
  const nothing = { app: null, process: null, unknown: null, site: null, trace: null };
  return { type: 'identified', call, by: 'socket', ...nothing, tags: { [MOCK_TAG]: name } };
}
