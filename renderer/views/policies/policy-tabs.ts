import { lazy } from 'react';
import type { ComponentType } from 'react';

/** One tab of the page; it draws its own `PolicyBar`. */
export interface PolicyTab {
  /** In the address (`tab=`), and its name in `words.policies.tab`. */
  id: 'policies' | 'tuner' | 'budgets' | 'decisions' | 'alerts';
  page: ComponentType;
}

/**
 * Every tab, in its order: policies, tuner, budgets, decisions, alerts. A further one is a folder here and a line in its
 * place: `{ id: 'tuner', page: lazy(() => import('./tuner/tuner.tsx')) },`
 */
export const TABS: readonly PolicyTab[] = [
  { id: 'policies', page: lazy(() => import('./list/policies-tab.tsx')) },
  { id: 'tuner', page: lazy(() => import('./tuner/tuner.tsx')) },
  { id: 'budgets', page: lazy(() => import('./budgets/budgets.tsx')) },
  { id: 'decisions', page: lazy(() => import('./decisions/decisions.tsx')) },
  { id: 'alerts', page: lazy(() => import('./alerts/alerts.tsx')) },
];
