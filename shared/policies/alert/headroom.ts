/** One of a vendor’s limits, as it was said last. */
interface Said {
  /** Left of it, 0 to 1. */
  share: number;
  /** When it is told no more: all of it is there again, or nobody has said anything for long. */
  until: number;
}

/** What vendors say is left of their own limits; the scarcest counts. */
export interface Headroom {
  /** `name` tells limits apart: host, secret, resource. */
  hear(name: string, share: number, until: number): void;
  /** The least that is left of any; null: nothing is known. */
  read(now: number): number | null;
  /** When the next word is out of date; null: there is none. */
  readonly turns: number | null;
  save(): unknown;
  restore(saved: unknown): void;
}

/** Limits of one counter that are known; beyond it the one said longest ago is forgotten. */
const MOST = 100;

export function createHeadroom(): Headroom {
  const limits = new Map<string, Said>();

  function hear(name: string, share: number, until: number): void {
    limits.delete(name);
    limits.set(name, { share, until });
    const [oldest] = limits.keys();
    if (limits.size > MOST && oldest !== undefined) limits.delete(oldest);
  }

  return {
    hear,
    read(now) {
      let least: number | null = null;
      for (const [name, { share, until }] of limits)
        if (until <= now) limits.delete(name);
        else if (least === null || share < least) least = share;
      return least;
    },
    get turns() {
      let next: number | null = null;
      for (const { until } of limits.values()) if (next === null || until < next) next = until;
      return next;
    },
    save: () => [...limits].map(([name, { share, until }]) => [name, share, until]),
    restore(saved) {
      if (!Array.isArray(saved)) return;
      for (const one of saved as unknown[]) {
        if (!Array.isArray(one)) continue;
        const [name, share, until] = one as unknown[];
        if (typeof name === 'string' && typeof share === 'number' && typeof until === 'number')
          hear(name, share, until);
      }
    },
  };
}
