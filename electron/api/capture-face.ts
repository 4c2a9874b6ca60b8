import type { AttachTarget, CaState, Pulse, SelfTest } from '../../shared/contract/capture.ts';

/** Why something cannot be done here, and what to do instead. */
export interface CannotDo {
  why: string;
  remedy: string;
}

/** What the api needs of recording and of the ways to point programs at us. */
export interface CaptureFace {
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  /** Told at once, every second, and when recording is paused or resumed. */
  onPulse(listener: (pulse: Pulse) => void): () => void;
  targets(): Promise<AttachTarget[]>;
  test(id: string): Promise<SelfTest | { cannot: CannotDo }>;
  switchTarget(id: string, on: boolean): Promise<AttachTarget | { cannot: CannotDo }>;
  /** Opens another port of the proxy: for an app (and a run) whose calls come in there, or on another address. */
  openPort(app: string | null, run: string | null, host?: string): Promise<{ port: number; close(): Promise<void> }>;
  ca(): Promise<CaState>;
}
