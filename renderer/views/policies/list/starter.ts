/** Beginnings of policies, of each kind one; all observe until somebody lets them enforce. */

const vendorMatch = (vendor: string | null): string => (vendor === null ? '' : `  match: { vendor: ${vendor} }\n`);

/** A pace that each app keeps to. */
export function starterLimit(vendor: string | null, perMinute: number, id = `${vendor ?? 'calls'}-per-app`): string {
  return `- id: ${id}
  kind: limit
  mode: observe
${vendorMatch(vendor)}  settings:
    algorithm: sliding-window
    limit: ${perMinute}
    window: 1m
    per: [app]
    action: reject
`;
}

const BEGINNINGS = {
  access: (vendor: string | null) =>
    `  settings:\n    action: ${vendor === null ? 'ask' : 'deny'}\n    methods: [GET, HEAD]\n`,
  limit: () => '',
  quota: () => '  settings:\n    limit: 10000\n    unit: calls\n    period: day\n    per: [app]\n',
  budget: () => '  settings:\n    limit: 25 USD\n    period: month\n    per: [app]\n    soft: 80%\n',
  alert: () => '  settings:\n    metric: error-rate\n    above: 10%\n    over: 5m\n    notify: [desktop]\n',
} as const;

export type StarterKind = keyof typeof BEGINNINGS;

/** A policy of a kind to begin with, under a name that is free. */
export function starterOf(kind: StarterKind, vendor: string | null, taken: readonly string[]): string {
  const id = freeName(vendor === null ? `new-${kind}` : `${vendor}-${kind}`, taken);
  if (kind === 'limit') return starterLimit(vendor, 60, id);
  return `- id: ${id}\n  kind: ${kind}\n  mode: observe\n${vendorMatch(vendor)}${BEGINNINGS[kind](vendor)}`;
}

export function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}
