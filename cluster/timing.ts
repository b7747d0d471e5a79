/** How long the calls to the API server wait, in milliseconds. */
export interface Timing {
  /** Between two looks at the same object. */
  readonly pollMs: number;
  /** Between two looks at an object whose changes are told. */
  readonly watchedPollMs: number;
  /** One request, connection and answer together; without it a black-holed server would hang a step for ever. */
  readonly requestMs: number;
  /** How long an API server that cannot be reached is tried again before the call fails. */
  readonly unreachableMs: number;
  /** Between two progress lines of a wait. */
  readonly progressMs: number;
}

/** The timing of real runs; tests use shorter ones. */
export const defaultTiming: Timing = {
  pollMs: 500,
  watchedPollMs: 5_000,
  requestMs: 15_000,
  unreachableMs: 30_000,
  progressMs: 30_000,
};

/** Resolves after `ms` milliseconds; never negative. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
