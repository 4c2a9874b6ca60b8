export interface HeaderDifference {
  /** As written on the first side that has it. */
  name: string;
  before: string | null;
  after: string | null;
  same: boolean;
}

type Header = readonly [name: string, value: string];

/** Two blocks of headers side by side: by name without case, the n-th of a name with the n-th of the other side. */
export function diffHeaders(before: readonly Header[], after: readonly Header[]): HeaderDifference[] {
  const rest = new Map<string, { name: string; value: string }[]>();
  for (const [name, value] of after) {
    const key = name.toLowerCase();
    const values = rest.get(key) ?? [];
    values.push({ name, value });
    rest.set(key, values);
  }
  const found: HeaderDifference[] = before.map(([name, value]) => {
    const other = rest.get(name.toLowerCase())?.shift()?.value ?? null;
    return { name, before: value, after: other, same: other === value };
  });
  for (const [name] of after) {
    const key = name.toLowerCase();
    for (const { name: written, value } of rest.get(key) ?? [])
      found.push({ name: written, before: null, after: value, same: false });
    rest.delete(key);
  }
  return found;
}
