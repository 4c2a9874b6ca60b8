/** Text that tokens are counted in when nobody says how many there were: a sample, and how much there was in all. */
export interface TextSample {
  text: string;
  /** Chars of `text` and of what was left out. */
  total: number;
}

/** Chars of a sample; of longer texts the rest is taken to be like it. */
const SAMPLE = 64 * 1024;

export function emptySample(): TextSample {
  return { text: '', total: 0 };
}

/** `size`: bytes of all of it, of which `text` may be the beginning. `apart`: it does not go on where the one before
 * ended. Pictures and sound in base64 are no text. */
export function addText(sample: TextSample, text: string, size: number, apart = false): void {
  if (isBase64(text)) return;
  if (apart && sample.text !== '') sample.text += '\n';
  const room = SAMPLE - sample.text.length;
  if (room > 0) sample.text += text.length > room ? text.slice(0, room) : text;
  sample.total += Math.max(text.length, Math.round(size * (text.length / Math.max(1, Math.min(size, SAMPLE)))));
}

function isBase64(text: string): boolean {
  return text.length > 200 && (/^data:[\w.+-]+\/[\w.+-]+;base64,/.test(text) || /^[A-Za-z0-9+/=_-]{200}/.test(text));
}

/** Tokens of all of it, by the count of the sample. */
export function estimateTokens({ text, total }: TextSample, countTokens: (text: string) => number): number {
  if (text === '') return 0;
  return Math.ceil((countTokens(text) * Math.max(total, text.length)) / text.length);
}
