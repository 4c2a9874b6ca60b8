import { createHash } from 'node:crypto';
import type { Failure } from '../../../shared/model/failure.ts';
import { makeSecret } from './secret.ts';

/** A secret that counts, as the proxy knows it (by shape). */
export interface Pass {
  ended: Failure | null;
  used: boolean;
  readonly holders: Map<object, () => void>;
}

export function createPass(): Pass {
  return { ended: null, used: false, holders: new Map() };
}

/** It counts no more: connections that came in by it are cut. */
export function endPass(pass: Pass, failure: Failure): void {
  if (pass.ended !== null) return;
  pass.ended = failure;
  for (const cut of pass.holders.values()) cut();
  pass.holders.clear();
}

/**
 * Secrets for programs that are started on this machine by whoever may ask the engine: kept in memory only, gone with
 * the engine. Whoever may ask it may give any app a secret, so such a one may say any name.
 */
export interface LocalPasses {
  prove(secret: string): Pass | null;
  /** For one run; `end` is its end: no further call comes in by it, and those that run may run on. */
  forRun(): { secret: string; end: () => void };
  /** For terminals and tries of our own, which nobody sees the end of. */
  readonly forEngine: string;
}

export function createLocalPasses(onChanged: () => void): LocalPasses {
  const passes = new Map<string, Pass>();
  let forEngine: string | null = null;

  function issue(): { secret: string; end: () => void } {
    const secret = makeSecret();
    const key = keyOf(secret);
    const pass = createPass();
    passes.set(key, pass);
    return {
      secret,
      end() {
        if (passes.delete(key)) onChanged();
      },
    };
  }

  return {
    // Looked up by its hash: how long that takes says nothing of the secret.
    prove: (secret) => passes.get(keyOf(secret)) ?? null,
    forRun: issue,
    get forEngine() {
      return (forEngine ??= issue().secret);
    },
  };
}

function keyOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
