/**
 * The raw values behind the masks of recent calls, for replaying a call in the same run. In memory
 * only, and bounded: the oldest calls' values go first.
 */
export interface Secret {
  masked: string;
  raw: string;
}

export interface SecretBook {
  note(call: number, raw: string, masked: string): void;
  of(call: number): Secret[];
}

const ENTRIES = 20_000;
const BYTES = 16 * 1024 * 1024;

/** A ring: noting a value is done for every call, asking hardly ever. */
export function createSecretBook(): SecretBook {
  const calls: number[] = [];
  const secrets: Secret[] = [];
  let next = 0;
  let bytes = 0;

  function drop(slot: number): void {
    const old = secrets[slot];
    if (old) bytes -= old.raw.length;
    calls[slot] = -1;
    secrets[slot] = NOTHING;
  }

  return {
    note(call, raw, masked) {
      if (raw.length > BYTES / 16) return;
      drop(next);
      calls[next] = call;
      secrets[next] = { masked, raw };
      bytes += raw.length;
      next = (next + 1) % ENTRIES;
      for (let slot = next; bytes > BYTES; slot = (slot + 1) % ENTRIES) drop(slot);
    },
    of(call) {
      const found = new Map<string, Secret>();
      calls.forEach((owner, slot) => {
        if (owner === call) found.set(secrets[slot]!.masked, secrets[slot]!);
      });
      return [...found.values()];
    },
  };
}

const NOTHING: Secret = { masked: '', raw: '' };
