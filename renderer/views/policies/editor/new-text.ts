import { POLICY_KINDS } from '../../../../shared/model/policy.ts';
import { starterOf } from '../list/starter.ts';
import { appendItem, findItems } from './policy-items.ts';

/**
 * The file with a new policy at its end. `starter`: one that was made ready, else one of a kind for a vendor (null: for
 * every call).
 */
export function withNew(
  text: string,
  asked: { kind: string | undefined; vendor: string | null; starter: string | null },
): { text: string; id: string } {
  const taken = findItems(text).map(({ id }) => id);
  const kind = POLICY_KINDS.find((one) => one === asked.kind) ?? 'limit';
  const item = asked.starter ?? starterOf(kind, asked.vendor, taken);
  const next = appendItem(text, item);
  return { text: next.text, id: findItems(next.text).at(-1)?.id ?? '' };
}

/** Policies that act on calls in a text and did not in the one before. */
export function newlyEnforced(
  before: readonly { id: string; mode: string }[],
  after: readonly { id: string; mode: string }[],
): string[] {
  const acted = new Set(before.filter(({ mode }) => mode === 'enforce').map(({ id }) => id));
  return after.filter(({ id, mode }) => mode === 'enforce' && !acted.has(id)).map(({ id }) => id);
}
