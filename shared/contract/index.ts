import { calls } from './calls.ts';
import { system } from './system.ts';

/** Every question the workspace, the command line or a script may ask the engine. */
export const contract = { calls, system };

export type Contract = typeof contract;
