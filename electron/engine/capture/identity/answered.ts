import type { ProcessIdentity, ProcessUnknown } from '../../../../shared/model/caller.ts';
import type { FoundProcess } from './messages.ts';

/** An owner, or why there is none. */
export type OwnerAnswer =
  | { process: { key: string; identity: ProcessIdentity; app: string } }
  | { unknown: ProcessUnknown };

const REMEMBERED = 5000;

/** Tells each process whole once, and again when it has become another program; else only by its key. */
export function createAnswered() {
  const told = new Map<string, ProcessIdentity>();
  return {
    tell(owner: OwnerAnswer): { process: FoundProcess | null; unknown: ProcessUnknown | null } {
      if ('unknown' in owner) return { process: null, unknown: owner.unknown };
      const { key, identity, app } = owner.process;
      if (told.get(key) === identity) return { process: { key, app }, unknown: null };
      return { process: this.whole(owner.process), unknown: null };
    },
    whole({ key, identity, app }: { key: string; identity: ProcessIdentity; app: string }): Required<FoundProcess> {
      if (told.size >= REMEMBERED) told.delete(told.keys().next().value!);
      told.set(key, identity);
      return { key, identity, app };
    },
  };
}
