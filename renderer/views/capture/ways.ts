import type { AttachTarget } from '../../../shared/contract/capture.ts';

/** What a person can choose from: the engine's targets, what any program can be given, and the certificate authority. */
export interface Way {
  id: string;
  group: AttachTarget['kind'] | 'anything' | 'authority';
  title: string;
  target: AttachTarget | null;
}

const ORDER: readonly Way['group'][] = [
  'command',
  'terminal',
  'browser',
  'snippet',
  'system-proxy',
  'anything',
  'authority',
];

/** The ways in groups, the simplest first; in a group, those that work on this machine first. */
export function listWays(targets: readonly AttachTarget[], titles: { anything: string; authority: string }): Way[] {
  const ways: Way[] = [
    ...targets.map((target) => ({ id: target.id, group: target.kind, title: target.title, target })),
    { id: 'anything', group: 'anything' as const, title: titles.anything, target: null },
    { id: 'authority', group: 'authority' as const, title: titles.authority, target: null },
  ];
  const away = ({ target }: Way): number => (target?.available === false ? 1 : 0);
  return ways.toSorted((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group) || away(a) - away(b));
}

/** The ways that have every word typed in what they are called or known for. */
export function findWays(ways: readonly Way[], typed: string, tags: Readonly<Record<string, string>>): Way[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return ways.filter(({ id, title, group, target }) => {
    const text = `${id} ${title} ${group} ${target?.says ?? ''} ${tags[id] ?? ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The command that works on the authority, for the same data folder as the command that runs a program. */
export function authorityCommand(targets: readonly AttachTarget[], verb: 'install' | 'uninstall'): string {
  const run = targets.find(({ id }) => id === 'run')?.lines[0]?.text ?? '';
  const [, program, data] = /^(.*?) run\b(.*?) -- /.exec(run) ?? [];
  return program === undefined ? `npx sallyport ca ${verb}` : `${program} ca ${verb}${data ?? ''}`;
}
