import type { TokenCounter } from './metering.ts';

/**
 * Counts tokens as OpenAI's newer models have them (o200k). For others it is an estimate by the wrong tokenizer, which is the
 * best there is: Claude and Gemini have none that is public. Its tables take some megabytes, so they come when they are needed.
 */
export function createTokenCounter(log: (line: string) => void): TokenCounter {
  let loading: Promise<void> | null = null;
  const counter: TokenCounter = {
    count: null,
    load() {
      loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
        ({ countTokens }) => {
          // What looks like a special token is text like any other here.
          counter.count = (text) => countTokens(text, { allowedSpecial: new Set(), disallowedSpecial: new Set() });
        },
        (error: unknown) => {
          log(`Tokens are guessed by length, since they cannot be counted: ${String(error)}`);
          counter.count = (text) => Math.ceil(text.length / 4);
        },
      );
      return loading;
    },
  };
  return counter;
}
