import { InterruptedError } from "./errors";

/** One controller for the whole process: a signal to the command line concerns every step that is under way. */
let controller = new AbortController();

/** Aborted once the run is interrupted. Ask for it anew at each use: {@link resetInterrupt} replaces it. */
export function interruptSignal(): AbortSignal {
  return controller.signal;
}

/** Stops the commands and waits that are under way; each rejects with {@link InterruptedError}. */
export function interrupt(): void {
  controller.abort();
}

/** Lets commands run again, so that what was half made can be cleaned up. */
export function resetInterrupt(): void {
  controller = new AbortController();
}

/** Throws if the run was interrupted. */
export function throwIfInterrupted(): void {
  if (controller.signal.aborted) throw new InterruptedError();
}

/** Waits `milliseconds`; rejects with {@link InterruptedError} as soon as the run is interrupted. */
export async function sleep(milliseconds: number): Promise<void> {
  throwIfInterrupted();
  const { signal } = controller;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new InterruptedError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Polls `condition` until it gives a value other than undefined.
 * Returns undefined when `timeoutSeconds` have passed without one.
 */
export async function pollUntil<T>(
  condition: () => Promise<T | undefined>,
  timeoutSeconds: number,
  intervalMilliseconds = 200,
): Promise<T | undefined> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() >= deadline) return undefined;
    await sleep(intervalMilliseconds);
  }
}
