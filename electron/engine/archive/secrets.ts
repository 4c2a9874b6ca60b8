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
/** Values of which one copy serves all calls that send them. */
const SHARED = 4096;
const BYTES = 16 * 1024 * 1024;

/** A ring: noting a value is done for every call, asking hardly ever. */
export function createSecretBook(): SecretBook {
  const calls: number[] = [];
  const secrets: Secret[] = [];
  const shared = new Map<string, Secret>();
  let next = 0;
  let bytes = 0;

  /** What is told is a part of a header block or a body, and would hold all of it for as long: its own copy does not. */
  function keep(raw: string, masked: string): Secret {
    let secret = shared.get(raw);
    if (secret?.masked !== masked) {
      secret = { masked, raw: JSON.parse(JSON.stringify(raw)) as string };
      if (shared.size >= SHARED) shared.clear();
      shared.set(secret.raw, secret);
    }
    return secret;
  }

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
      secrets[next] = keep(raw, masked);
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
