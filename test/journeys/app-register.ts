import type { AppProblem, AppsFace, IssuedCredential } from '../../electron/api/apps-face.ts';
import type { App } from '../../shared/contract/apps.ts';

/** A register of apps in memory: keeps the contract's promises for a few apps or thousands. */
export interface AppRegister {
  face: AppsFace;
  /** Adds apps, each recorded under its own name. */
  add(apps: readonly Partial<App>[]): void;
}

const missing = (name: string): AppProblem => ({ problem: 'not-found', name });

export function createAppRegister(): AppRegister {
  /** By recorded name: what was seen. */
  const seen = new Map<string, App>();
  /** By shown name: the recorded names that count as it. */
  const shown = new Map<string, string[]>();
  let issued = 0;

  function appOf(name: string): App | null {
    const names = shown.get(name);
    const parts = (names ?? []).flatMap((one) => seen.get(one) ?? []);
    const [first] = parts;
    if (!names || !first) return null;
    const hosts = new Map<string, number>();
    for (const { topHosts } of parts)
      for (const { host, calls } of topHosts) hosts.set(host, (hosts.get(host) ?? 0) + calls);
    return {
      ...first,
      name,
      names,
      calls: parts.reduce((sum, { calls }) => sum + calls, 0),
      errors: parts.reduce((sum, { errors }) => sum + errors, 0),
      topHosts: [...hosts].map(([host, calls]) => ({ host, calls })).toSorted((a, b) => b.calls - a.calls),
    };
  }

  function issue(name: string): IssuedCredential {
    issued += 1;
    const credential = { id: `c${issued}`, createdAt: Date.now() * 1000, lastUsedAt: null, endsAt: null };
    const first = seen.get(shown.get(name)?.[0] ?? name);
    if (first) seen.set(first.name, { ...first, credentials: [...first.credentials, credential] });
    return { credential, proxyUrl: `http://${name}:${'s'.repeat(24)}${issued}@127.0.0.1:4780` };
  }

  const face: AppsFace = {
    list: () => Promise.resolve({ apps: [...shown.keys()].flatMap((name) => appOf(name) ?? []), unnamed: 12 }),
    changes: {
      change({ name, newName, ...said }) {
        const names = shown.get(name);
        const first = seen.get(names?.[0] ?? '');
        if (!names || !first) return missing(name);
        if (newName !== undefined && newName !== name && shown.has(newName))
          return { problem: 'bad', why: `There is an app ${newName} already.`, remedy: 'Merge the two instead.' };
        const set = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
        seen.set(first.name, { ...first, ...set });
        if (newName !== undefined) {
          shown.delete(name);
          shown.set(newName, names);
        }
        return { name: newName ?? name };
      },
      merge(name, others) {
        const names = shown.get(name);
        if (!names) return missing(name);
        for (const other of others) {
          names.push(...(shown.get(other) ?? [other]));
          shown.delete(other);
        }
        return { name };
      },
      split(name, other) {
        const names = shown.get(name);
        if (!names) return missing(name);
        shown.set(
          name,
          names.filter((one) => one !== other),
        );
        shown.set(other, [other]);
        return { name };
      },
      addCredential(name) {
        if (!shown.has(name)) add([{ name, calls: 0, errors: 0, firstSeen: null, lastSeen: null }]);
        return issue(name);
      },
      rotateCredential(name, id, graceSeconds) {
        const first = seen.get(shown.get(name)?.[0] ?? '');
        if (!first) return missing(name);
        const endsAt = (Date.now() + graceSeconds * 1000) * 1000;
        seen.set(first.name, {
          ...first,
          credentials: first.credentials.map((one) => (one.id === id ? { ...one, endsAt } : one)),
        });
        return issue(name);
      },
      revokeCredential(name, id) {
        const first = seen.get(shown.get(name)?.[0] ?? '');
        if (!first) return missing(name);
        seen.set(first.name, {
          ...first,
          credentials: first.credentials.map((one) =>
            one.id === id ? { ...one, endsAt: (Date.now() - 1000) * 1000 } : one,
          ),
        });
        return { revoked: true };
      },
      local: { forRun: () => ({ secret: '', end: () => {} }), forEngine: '' },
    },
  };

  function add(apps: readonly Partial<App>[]): void {
    for (const app of apps) {
      const name = app.name ?? 'app';
      seen.set(name, {
        name,
        names: [name],
        owner: null,
        team: null,
        criticality: null,
        calls: 10,
        errors: 0,
        hosts: app.topHosts?.length ?? 0,
        topHosts: [],
        firstSeen: (Date.now() - 86_400_000) * 1000,
        lastSeen: (Date.now() - 60_000) * 1000,
        processes: [],
        project: null,
        agent: false,
        coverage: null,
        credentials: [],
        ...app,
      });
      shown.set(name, [name]);
    }
  }
  return { face, add };
}
