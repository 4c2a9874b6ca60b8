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

const CALLS = 2000;
const PER_CALL = 64;
const BYTES = 16 * 1024 * 1024;

export function createSecretBook(): SecretBook {
  const book = new Map<number, Secret[]>();
  let bytes = 0;
  return {
    note(call, raw, masked) {
      let secrets = book.get(call);
      if (!secrets) {
        book.set(call, (secrets = []));
        while (book.size > CALLS || bytes > BYTES) {
          const [oldest] = book.keys();
          if (oldest === undefined || oldest === call) break;
          for (const secret of book.get(oldest) ?? []) bytes -= secret.raw.length;
          book.delete(oldest);
        }
      }
      if (secrets.length >= PER_CALL || raw.length > BYTES / 16 || secrets.some((secret) => secret.masked === masked))
        return;
      secrets.push({ masked, raw });
      bytes += raw.length;
    },
    of: (call) => book.get(call) ?? [],
  };
}
