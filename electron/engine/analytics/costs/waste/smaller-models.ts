/**
 * The next smaller model of the same family, by vendor: where to look when a model is too much for the task. Names as in
 * the vendors' lists of models (November 2026); that each has a price is tested. What is not here is small enough.
 */
const SMALLER: Readonly<Record<string, readonly (readonly [dear: RegExp, small: string])[]>> = {
  openai: [
    [/^gpt-5(\.\d)?-pro/, 'gpt-5'],
    [/^gpt-5(\.\d)?(-chat-latest|-codex|-\d{4}.*)?$/, 'gpt-5-mini'],
    [/^gpt-4\.1(-\d{4}.*)?$/, 'gpt-4.1-mini'],
    [/^(chatgpt-4o-latest|gpt-4o(-\d{4}.*)?)$/, 'gpt-4o-mini'],
    [/^gpt-4(-turbo.*|-\d{4}.*)?$/, 'gpt-4o-mini'],
    [/^o1-pro/, 'o1'],
    [/^o3-pro/, 'o3'],
    [/^(o1|o3)(-\d{4}.*)?$/, 'o4-mini'],
  ],
  anthropic: [
    [/^claude-opus-4/, 'claude-sonnet-4-5'],
    [/^claude-(sonnet-4|3-7-sonnet)/, 'claude-haiku-4-5'],
    [/^claude-(3-opus|3-5-sonnet)/, 'claude-3-5-haiku-latest'],
  ],
  google: [
    [/^gemini-2\.5-pro/, 'gemini-2.5-flash'],
    [/^gemini-2\.5-flash(-preview.*|-\d+)?$/, 'gemini-2.5-flash-lite'],
    [/^gemini-2\.0-flash(-\d+|-exp)?$/, 'gemini-2.0-flash-lite'],
    [/^gemini-1\.5-pro/, 'gemini-1.5-flash'],
  ],
  mistral: [
    [/^mistral-(large|medium)/, 'mistral-small-latest'],
    [/^pixtral-large/, 'pixtral-12b'],
  ],
  xai: [[/^grok-3(-latest|-beta)?$/, 'grok-3-mini']],
  cohere: [[/^command-r-plus/, 'command-r']],
};

/** Null when there is none, or nobody here knows. */
export function smallerModel(vendor: string, model: string): string | null {
  for (const [dear, small] of Object.hasOwn(SMALLER, vendor) ? (SMALLER[vendor] ?? []) : [])
    if (dear.test(model)) return small;
  return null;
}

/** All that are named as smaller ones, for those who check that they exist. */
export function smallerModels(): { vendor: string; model: string }[] {
  return Object.entries(SMALLER).flatMap(([vendor, rows]) => rows.map(([, model]) => ({ vendor, model })));
}
