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
  change(asked: {
    name: string;
    newName?: string | undefined;
    owner?: string | null | undefined;
    team?: string | null | undefined;
    criticality?: App['criticality'] | undefined;
  }): { name: string } | AppProblem;
  merge(name: string, others: readonly string[]): { name: string } | AppProblem;
  split(name: string, other: string): { name: string } | AppProblem;
  addCredential(name: string): IssuedCredential | AppProblem;
  rotateCredential(name: string, id: string, graceSeconds: number): IssuedCredential | AppProblem;
  revokeCredential(name: string, id: string): { revoked: boolean } | AppProblem;
}
