import type { Tokens } from '../model/usage.ts';

/** The parts of tokens that have a price each and do not overlap. */
export const TOKEN_LEAVES = [
  'input',
  'cache_read',
  'cache_read_audio',
  'cache_write',
  'cache_write_1h',
  'audio_in',
  'image_in',
  'output',
  'reasoning',
  'audio_out',
  'image_out',
] as const;
export type TokenLeaf = (typeof TOKEN_LEAVES)[number];

/** By whose price a leaf goes that has none of its own. */
export const PARENTS: Readonly<Partial<Record<TokenLeaf, TokenLeaf>>> = {
  cache_read: 'input',
  cache_read_audio: 'cache_read',
  cache_write: 'input',
  cache_write_1h: 'cache_write',
  audio_in: 'input',
  image_in: 'input',
  reasoning: 'output',
  audio_out: 'output',
  image_out: 'output',
};

export interface Leaves {
  /** Above 0. */
  quantities: { leaf: TokenLeaf; quantity: number }[];
  /** What was read in all, cache included: what context tiers go by. */
  inputTotal: number;
  /** Why the parts cannot be right, in one sentence; null when they can. */
  problem: string | null;
}

/**
 * Totals that contain their parts, as parts that do not overlap, by subtraction. A part larger than its whole means that
 * somebody misread what the vendor says: the parts are taken as they are, nothing becomes negative, and it is said.
 */
export function leavesOf(tokens: Tokens): Leaves {
  const cacheRead = tokens.cacheRead ?? 0;
  const cacheReadAudio = Math.min(tokens.cacheReadAudio ?? 0, cacheRead);
  const split = (tokens.cacheWrite5m ?? 0) + (tokens.cacheWrite1h ?? 0);
  const cacheWrite = Math.max(tokens.cacheWrite ?? split, 0);
  const cacheWrite1h = tokens.cacheWrite1h ?? 0;
  // Cached audio is counted with the audio and with the cache.
  const audioIn = Math.max((tokens.audioIn ?? 0) - cacheReadAudio, 0);
  const imageIn = tokens.imageIn ?? 0;
  const parts = cacheRead + Math.max(cacheWrite, split) + audioIn + imageIn;
  const inputTotal = Math.max(tokens.input ?? parts, parts);

  const reasoning = tokens.reasoning ?? 0;
  const audioOut = tokens.audioOut ?? 0;
  const imageOut = tokens.imageOut ?? 0;
  const outputParts = reasoning + audioOut + imageOut;

  const quantities: [TokenLeaf, number][] = [
    ['input', inputTotal - parts],
    ['cache_read', cacheRead - cacheReadAudio],
    ['cache_read_audio', cacheReadAudio],
    ['cache_write', Math.max(cacheWrite, split) - cacheWrite1h],
    ['cache_write_1h', cacheWrite1h],
    ['audio_in', audioIn],
    ['image_in', imageIn],
    ['output', Math.max((tokens.output ?? outputParts) - outputParts, 0)],
    ['reasoning', reasoning],
    ['audio_out', audioOut],
    ['image_out', imageOut],
  ];
  return {
    quantities: quantities.filter(([, quantity]) => quantity > 0).map(([leaf, quantity]) => ({ leaf, quantity })),
    inputTotal,
    problem: problemOf(tokens, { parts, split, outputParts }),
  };
}

function problemOf(tokens: Tokens, sums: { parts: number; split: number; outputParts: number }): string | null {
  const { input, output, cacheWrite, cacheRead, cacheReadAudio } = tokens;
  if (Object.values(tokens).some((value) => value !== null && !(value >= 0))) return 'A number of tokens is below 0.';
  if (input !== null && sums.parts > input)
    return `The parts of the input (${sums.parts} tokens) are more than the whole (${input}).`;
  if (output !== null && sums.outputParts > output)
    return `The parts of the output (${sums.outputParts} tokens) are more than the whole (${output}).`;
  if (cacheWrite !== null && sums.split > cacheWrite)
    return `Cache writes by lifetime (${sums.split} tokens) are more than all cache writes (${cacheWrite}).`;
  if (cacheRead !== null && cacheReadAudio !== null && cacheReadAudio > cacheRead)
    return `Cached audio (${cacheReadAudio} tokens) is more than all that was cached (${cacheRead}).`;
  return null;
}
