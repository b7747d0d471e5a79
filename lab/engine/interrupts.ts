/** Ctrl-C: the first lets running steps end, the second ends everything at once. */

export const interruptNotice =
  "interrupted; running steps are left to end. Interrupt again to end at once, which may lead to orphaned resources.";

/** @returns what stops listening. */
export function onInterrupts(first: () => void, second: () => void): () => void {
  let interrupted = false;
  const listener = (): void => {
    (interrupted ? second : first)();
    interrupted = true;
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  signals.forEach((signal) => process.on(signal, listener));
  return () => {
    signals.forEach((signal) => process.off(signal, listener));
  };
}
