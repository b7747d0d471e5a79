import { interrupt } from "./interrupt";

/**
 * The first signal lets the run clean up after itself, a later one ends it. One press of Ctrl-C may come twice, from the
 * terminal and from npm, so a second within a second does not count.
 */
export function handleSignals(): void {
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (first !== undefined && Date.now() - first > 1000) process.exit(130);
      if (first !== undefined) return;
      first = Date.now();
      console.error("\ninterrupted, cleaning up (once more to leave things as they are)");
      interrupt();
    });
  }
}
