/** V8's hook that makes an error's `stack`; unset, the usual text. */
type PrepareStackTrace = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/**
 * Has an error without a message no stack. Pulumi's SDK gives each promise the stack of an error that it makes for it
 * (`debuggablePromise`), mapped to the sources, which nobody sees unless a promise never ends: of a program with hundreds of resources
 * that was about a quarter of the CPU time, by a profile. All other errors have theirs. Where leaks of promises are looked for, nothing changes.
 *
 * For a program's own process, which it is the whole business of; a library has none to change.
 */
export function leaveOutPromiseStacks(env: NodeJS.ProcessEnv = process.env): void {
  if (env["PULUMI_DEBUG_PROMISE_LEAKS"]) return;
  const { prepareStackTrace: usual = usualStack } = Error as { prepareStackTrace?: PrepareStackTrace };
  Error.prepareStackTrace = (error, frames) => (error.message === "" ? error.name : usual(error, frames));
}

function usualStack(error: Error, frames: readonly unknown[]): string {
  return [String(error), ...frames.map(String)].join("\n    at ");
}
