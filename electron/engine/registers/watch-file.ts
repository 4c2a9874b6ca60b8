import { stat } from 'node:fs/promises';

/** How often we look whether somebody saved a file: editors put another file in its place. */
const LOOK_EVERY_MS = 1000;

/**
 * Calls `look` when the file may be another than before, for the first time at the first look. Looked at by its date, not
 * by the system's events: those lose a file that is replaced, links and network folders.
 */
export function watchFile(path: string, look: () => void, everyMs = LOOK_EVERY_MS): { close(): void } {
  let known = '';
  let looking = false;
  let closed = false;
  const watch = setInterval(() => {
    if (looking) return;
    looking = true;
    void signatureOf(path)
      .then((signature) => {
        if (signature === known || closed) return;
        known = signature;
        look();
      })
      .finally(() => (looking = false));
  }, everyMs).unref();
  return {
    close() {
      closed = true;
      clearInterval(watch);
    },
  };
}

/** Which file lies there and in what state. Links are followed. */
function signatureOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs, ctimeNs }) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
    (error: NodeJS.ErrnoException) => String(error.code),
  );
}
