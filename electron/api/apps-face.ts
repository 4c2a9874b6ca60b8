import type { App, Credential } from '../../shared/contract/apps.ts';

/** Why something cannot be said of an app. */
export type AppProblem = { problem: 'not-found'; name: string } | { problem: 'bad'; why: string; remedy: string };

export interface IssuedCredential {
  credential: Credential;
  /** With the secret in it. */
  proxyUrl: string;
}

/** What the api needs of the register of apps. */
export interface AppsFace {
  list(span: { since: number; until: number }): Promise<{ apps: App[]; unnamed: number }>;
  /** Null when a store is read without an engine. */
  readonly changes: AppChangesFace | null;
}

/** At once or later. */
type Answer<T> = (T | AppProblem) | Promise<T | AppProblem>;

export interface AppChangesFace {
  change(asked: {
    name: string;
    newName?: string | undefined;
    owner?: string | null | undefined;
    team?: string | null | undefined;
    criticality?: App['criticality'] | undefined;
  }): Answer<{ name: string }>;
  merge(name: string, others: readonly string[]): Answer<{ name: string }>;
  split(name: string, other: string): Answer<{ name: string }>;
  addCredential(name: string): Answer<IssuedCredential>;
  rotateCredential(name: string, id: string, graceSeconds: number): Answer<IssuedCredential>;
  revokeCredential(name: string, id: string): Answer<{ revoked: boolean }>;
  /** Secrets for programs started on this machine by whoever may ask the engine. */
  readonly local: {
    /** For one run, until `end`. */
    forRun(): { secret: string; end: () => void };
    /** For as long as the engine runs. */
    readonly forEngine: string;
  };
}
