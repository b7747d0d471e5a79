/**
 * Something the person at the keyboard can put right: what is wrong, with the value seen, and what to do about it.
 * The command line prints it without a stack trace.
 */
export class LabError extends Error {
  constructor(
    readonly problem: string,
    readonly fix: string,
  ) {
    super(`${problem}\n  fix: ${fix}`);
    this.name = "LabError";
  }
}

/** The run was interrupted (Ctrl-C, SIGTERM). */
export class InterruptedError extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedError";
  }
}
