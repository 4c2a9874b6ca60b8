import type { PolicyKind } from '../model/policy.ts';
import { accessKind } from './access/rule.ts';
import type { Kind } from './kind.ts';
import { limitKind } from './limit/limit-kind.ts';

/** Every kind of policy that there is. A new one is one import and one line. */
export const KINDS: Readonly<Partial<Record<PolicyKind, Kind<unknown>>>> = {
  access: accessKind,
  limit: limitKind,
};
