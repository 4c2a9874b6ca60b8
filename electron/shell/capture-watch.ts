import { createEngineClient } from '../hosts/engine-client.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import type { EnginePlace } from '../hosts/engine-messages.ts';

/** Recording as menu and tray show it. */
export interface CaptureWatch {
  /** Null while the engine does not say. */
  paused(): boolean | null;
  /** Goes over to an engine, or to none. */
  follow(place: Pick<EnginePlace, 'workspace' | 'token'> | null): void;
  /** Rejects with a sentence. */
  pause(paused: boolean): Promise<void>;
  close(): void;
}

/** Follows the engine's pulse; `onChange` only when what is shown changes. */
export function watchCapture(
  onChange: () => void,
  onTrouble: (lastError: string) => void,
  connect: (place: Pick<EnginePlace, 'workspace' | 'token'>) => Promise<EngineClient> = createEngineClient,
): CaptureWatch {
  let paused: boolean | null = null;
  let client: EngineClient | null = null;
  let following = new AbortController();
  let trouble: string | null = null;

  function become(next: boolean | null): void {
    if (next === paused) return;
    paused = next;
    onChange();
  }

  async function read(place: Pick<EnginePlace, 'workspace' | 'token'>, { signal }: AbortController): Promise<void> {
    const asked = await connect(place);
    if (signal.aborted) return;
    client = asked;
    for await (const beat of await asked.capture.pulse(undefined, { signal })) {
      become(beat.paused);
      if (beat.lastError !== null && beat.lastError !== trouble) onTrouble(beat.lastError);
      trouble = beat.lastError;
    }
  }

  return {
    paused: () => paused,
    follow(place) {
      following.abort();
      following = new AbortController();
      client = null;
      become(null);
      // An engine that ends takes its stream along; the supervisor says what comes next.
      if (place) read(place, following).catch(() => become(null));
    },
    async pause(wanted) {
      if (!client) throw new Error('The engine is not running just now.');
      become((wanted ? await client.capture.pause() : await client.capture.resume()).paused);
    },
    close: () => following.abort(),
  };
}
