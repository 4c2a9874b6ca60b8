import type { Answer, Control, Dispatch, OutboundRequest } from '../dispatch.ts';
import { HeldRequest } from './held-request.ts';

/** A look at who is calling takes a few milliseconds; on a busy machine it is waited for so long. */
const LOOK_MS = 250;
const HELD_BYTES = 64 * 1024;

/** The first calls of a connection come before it is known whose it is: sends the request on when it is, or nobody will find out in time. */
export function whenCallerKnown(next: Dispatch, request: OutboundRequest, answer: Answer): Control {
  const who = request.who ?? null;
  if (request.app !== null || who === null) return next(request, answer);
  if (who.looked) return next({ ...request, app: who.app, process: request.process ?? who.process }, answer);
  let waits = true;
  const held = new HeldRequest(answer, HELD_BYTES, {
    left() {
      waits = false;
      clearTimeout(timer);
    },
  });
  const go = (): void => {
    if (!waits) return;
    waits = false;
    clearTimeout(timer);
    held.goOn(next({ ...request, app: who.app, process: request.process ?? who.process }, answer));
  };
  const timer = setTimeout(go, LOOK_MS);
  who.whenLooked(go);
  return held;
}
