import { subscribe } from 'node:diagnostics_channel';

/**
 * Listens to a diagnostics channel. What a listener throws would end the program (Node reports it as an uncaught
 * error), so it is swallowed here: what is not seen is missing, and the program goes on.
 */
export function listen(channel: string, onMessage: (message: never) => void): void {
  subscribe(channel, (message) => {
    try {
      onMessage(message as never);
    } catch {
      // See above.
    }
  });
}

/** Runs our part of somebody else's function; whatever it throws is ours alone. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}
