const KNOWN = new Map<string, RegExp>();
const KNOWN_PATHS = new Map<string, RegExp>();
const REMEMBERED = 4096;

/** Whether a text is what a pattern with `*` means: all of it, without regard to case. */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  let regex = KNOWN.get(pattern);
  if (!regex) {
    if (KNOWN.size >= REMEMBERED) KNOWN.clear();
    regex = new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'is');
    KNOWN.set(pattern, regex);
  }
  return regex.test(text);
}

/** The same of paths: `*` stays within a segment, `**` does not; a slash at the end makes no difference. */
export function matchesPath(pattern: string, path: string): boolean {
  let regex = KNOWN_PATHS.get(pattern);
  if (!regex) {
    if (KNOWN_PATHS.size >= REMEMBERED) KNOWN_PATHS.clear();
    const source = pattern
      .split('**')
      .map((part) => part.split('*').map(escape).join('[^/]*'))
      .join('.*');
    regex = new RegExp(`^${source}/?$`, 's');
    KNOWN_PATHS.set(pattern, regex);
  }
  return regex.test(path);
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&');
}
