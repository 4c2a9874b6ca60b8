/**
 * Exit codes, said in `sallyport --help`. `run` is apart: it ends as its program ended, or with 125
 * when the program was not started because of us.
 */
export const EXIT = {
  fine: 0,
  /** What was asked for is not there, or a check failed. */
  failed: 1,
  /** The command line or a filter is wrong. */
  usage: 2,
  /** The engine, its folder or its ports: not running, held by another, not usable. */
  engine: 3,
  /** Another engine uses the data folder. */
  held: 4,
} as const;

/** Ends a command with a sentence for people: what happened, why, and what to do next. */
export class Fault extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
