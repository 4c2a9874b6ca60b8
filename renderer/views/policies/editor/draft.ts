import { createSignal } from '../../../client/signal.ts';

/** What somebody wrote and has not saved. Lives as long as the page: leaving the view and coming back loses nothing. */
export interface Draft {
  text: string;
  /** The version it was made from, and how that read. */
  base: number;
  saved: string;
}

export const draft = createSignal<Draft | null>(null);
