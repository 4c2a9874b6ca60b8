import { apps } from './apps.ts';
import { calls } from './calls.ts';
import { capture } from './capture.ts';
import { coverage } from './coverage.ts';
import { jobs } from './jobs.ts';
import { preferences } from './preferences.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';

/** Every question the workspace, the command line or a script may ask the engine. */
export const contract = { apps, calls, capture, coverage, jobs, preferences, settings, system };

export type Contract = typeof contract;
