import { setFlagsFromString } from "node:v8";

/** How much a heap may grow over what was left at its last collection, in percent, before the next one. */
const growth = 25;

/**
 * Keeps the heap of a provider's process near the size of what it holds; to be called before it has work. Each step of the engine brings a
 * message whose parts are done with once it is answered; V8 by itself lets such things lie until there are hundreds of megabytes of
 * them, and lets the space of new objects grow to 128 MB, however little of that is of use.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString(`--heap-growing-percent=${growth}`);
}
