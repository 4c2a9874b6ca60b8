import { alerts } from './alerts.ts';
import { apps } from './apps.ts';
import { budgets } from './budgets.ts';
import { call } from './call.ts';
import { caller } from './caller.ts';
import { callers } from './callers.ts';
import { capture } from './capture.ts';
import { charts } from './charts.ts';
import { compare } from './compare.ts';
import { cost } from './cost.ts';
import { costs } from './costs.ts';
import { coverage } from './coverage.ts';
import { frame } from './frame.ts';
import { general } from './general.ts';
import { inspect } from './inspect.ts';
import { jobs } from './jobs.ts';
import { map } from './map.ts';
import { mocks } from './mocks.ts';
import { overview } from './overview.ts';
import { asks, policies } from './policies.ts';
import { policyFields } from './policy-fields.ts';
import { replay } from './replay.ts';
import { settings } from './settings.ts';
import { emptyTraffic, facetPanel, filterBar, strip, traffic } from './traffic.ts';
import { tuner } from './tuner.ts';
import { vendors } from './vendors.ts';

/**
 * Every English sentence of the workspace, by view. Texts with figures in them are functions. A translation is another
 * object of the same type.
 */
export const words = {
  alerts,
  apps,
  asks,
  budgets,
  call,
  caller,
  callers,
  capture,
  charts,
  compare,
  cost,
  costs,
  coverage,
  frame,
  general,
  inspect,
  jobs,
  map,
  mocks,
  overview,
  policies,
  policyFields,
  replay,
  settings,
  emptyTraffic,
  facetPanel,
  filterBar,
  strip,
  traffic,
  tuner,
  vendors,
};
