/**
 * The entries that have all the words typed, in any order; those where they begin a word come first, and groups stay
 * together.
 */
export function rank<T extends { group: string }>(
  entries: readonly T[],
  typed: string,
  textOf: (entry: T) => string,
): T[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = entries.flatMap((entry) => {
    const text = textOf(entry).toLowerCase();
    let score = 0;
    for (const word of wanted) {
      const at = text.indexOf(word);
      if (at < 0) return [];
      score += at === 0 ? 0 : /\W/.test(text[at - 1] ?? '') ? 1 : 2;
    }
    return [{ entry, score }];
  });
  const best = new Map<string, number>();
  for (const { entry, score } of scored) best.set(entry.group, Math.min(best.get(entry.group) ?? Infinity, score));
  return scored
    .map((one, index) => ({ ...one, index }))
    .sort((a, b) =>
      a.entry.group === b.entry.group
        ? a.score - b.score || a.index - b.index
        : (best.get(a.entry.group) ?? 0) - (best.get(b.entry.group) ?? 0) || a.index - b.index,
    )
    .map(({ entry }) => entry);
}
