import { apps } from './apps.ts';
import { calls } from './calls.ts';
import { capture } from './capture.ts';
import { collections } from './collections.ts';
import { costs } from './costs.ts';
import { coverage } from './coverage.ts';
import { environments } from './environments.ts';
import { jobs } from './jobs.ts';
import { map } from './map.ts';
import { mocks } from './mocks.ts';
import { policies } from './policies.ts';
import { preferences } from './preferences.ts';
import { replay } from './replay.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';
import { vendors } from './vendors.ts';

/** Every question the workspace, the command line or a script may ask the engine. */
export const contract = {
  apps,
  calls,
  capture,
  collections,
  costs,
  coverage,
  environments,
  jobs,
  map,
  mocks,
  policies,
  preferences,
  replay,
  settings,
  system,
  vendors,
};

export type Contract = typeof contract;
