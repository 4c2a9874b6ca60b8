import type { PolicyKind } from '../model/policy.ts';
import { accessKind } from './access/rule.ts';
import { alertKind } from './alert/rule.ts';
import { budgetKind } from './budget/rule.ts';
import type { Kind } from './kind.ts';
import { limitKind } from './limit/limit-kind.ts';
import { quotaKind } from './quota/rule.ts';

/** Every kind of policy that there is. A new one is one import and one line. */
export const KINDS: Readonly<Partial<Record<PolicyKind, Kind<unknown>>>> = {
  access: accessKind,
  limit: limitKind,
  quota: quotaKind,
  budget: budgetKind,
  alert: alertKind,
};
