import type { EngineFace } from './engine-face.ts';
import type { Leases } from './leases.ts';
import { answerApps } from './apps.ts';
import { answerCalls } from './calls.ts';
import { answerCapture } from './capture.ts';
import { answerCollections } from './collections.ts';
import { answerCosts } from './costs.ts';
import { answerCoverage } from './coverage.ts';
import { answerEnvironments } from './environments.ts';
import { answerJobs } from './jobs.ts';
import { answerMap } from './map.ts';
import { answerMocks } from './mocks.ts';
import { answerPolicies } from './policies.ts';
import { answerPreferences } from './preferences.ts';
import { answerReplay } from './replay.ts';
import { answerSettings } from './settings.ts';
import { answerSystem } from './system.ts';
import { answerVendors } from './vendors.ts';

/** What the api is given: the engine, and the two things only a running one has. */
export interface ApiDoors {
  engine: EngineFace;
  leases: Leases | null;
  /** Begins a clean stop; null when there is nothing to stop. */
  shutdown: (() => void) | null;
}

/** The whole contract, implemented. Every door serves this one router. */
export function createApi(doors: ApiDoors) {
  return {
    apps: answerApps(doors.engine),
    calls: answerCalls(doors.engine),
    capture: answerCapture(doors.engine),
    collections: answerCollections(doors.engine),
    costs: answerCosts(doors.engine),
    coverage: answerCoverage(doors.engine),
    environments: answerEnvironments(doors.engine),
    jobs: answerJobs(doors.engine),
    map: answerMap(doors.engine),
    mocks: answerMocks(doors.engine),
    policies: answerPolicies(doors.engine),
    preferences: answerPreferences(doors.engine),
    replay: answerReplay(doors.engine),
    settings: answerSettings(doors.engine),
    system: answerSystem(doors),
    vendors: answerVendors(doors.engine),
  };
}

export type Api = ReturnType<typeof createApi>;
