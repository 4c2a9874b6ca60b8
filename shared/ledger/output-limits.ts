/**
 * The most that models write in one answer, in tokens, where a request does not bound it: for reserving money before a call
 * leaves. From the vendors' pages of their models (platform.openai.com/docs/models, docs.anthropic.com models overview,
 * ai.google.dev models, docs.mistral.ai, docs.x.ai) as of 2026; names are matched from their beginning, behind a region or a
 * publisher. The first that fits counts.
 */
const LIMITS: readonly (readonly [name: RegExp, tokens: number])[] = [
  [/^gpt-5/, 128_000],
  [/^(?:o1|o3|o4|codex)/, 100_000],
  [/^gpt-4\.1/, 32_768],
  [/^(?:gpt-4o|chatgpt-4o)/, 16_384],
  [/^gpt-4-turbo/, 4096],
  [/^gpt-4/, 8192],
  [/^gpt-3\.5/, 4096],
  [/^claude-3-5/, 8192],
  [/^claude-3-7/, 64_000],
  [/^claude-3/, 4096],
  [/^claude-opus-4(?:-[01])?(?:-20|$|@)/, 32_000],
  [/^claude/, 64_000],
  [/^gemini-(?:1|2\.0)/, 8192],
  [/^gemini/, 65_536],
  [/^deepseek/, 65_536],
];

/** Of models nobody listed here; most of them write less. */
const USUAL = 32_768;

/** `model`: as a request names it. */
export function mostOutputOf(model: string): number {
  const name = model
    .toLowerCase()
    .replace(/^.*[/]/, '')
    .replace(/^(?:us|us-gov|eu|apac|ap|au|ca|jp|sa|global)\./, '')
    .replace(/^(?:anthropic|openai|amazon|meta|mistral|cohere|deepseek|google)\./, '');
  return LIMITS.find(([pattern]) => pattern.test(name))?.[1] ?? USUAL;
}
