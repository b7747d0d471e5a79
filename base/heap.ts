import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How much more than after the last collection a process may hold, in bytes, before there is another. */
const leastGrowth = 24 << 20;

/** How often it is looked at most, in milliseconds. */
const pauseMs = 100;

/** What a heap is looked at and collected by. */
export interface HeapMeans {
  /** Bytes that are taken, with those of buffers. */
  used(): number;
  /** Frees what nobody holds any more. */
  collect(): void;
  now(): number;
}

/** Collects a heap when it has grown by a share of what it holds: the time that this takes stays a small part of the time that filled it. */
export class HeapKeeper {
  private held: number | undefined;
  private next = 0;

  constructor(
    private readonly means: HeapMeans,
    private readonly share: number,
  ) {}

  look(): void {
    const now = this.means.now();
    if (now < this.next) return;
    this.next = now + pauseMs;
    const used = this.means.used();
    this.held ??= used;
    if (used < this.held + Math.max(leastGrowth, this.held * this.share)) return;
    this.means.collect();
    this.held = this.means.used();
  }
}

let keeper: HeapKeeper | undefined;

/**
 * Keeps this process near the size of what it holds; to be called often. Each step of the engine brings a message whose text and
 * parts are done with once it is answered. V8 collects what has lived a little only when it has hundreds of megabytes of it, and lets the
 * space of new objects grow to 128 MB, however little of that is of use.
 *
 * It serves providers, whose process is all the program's. A program of others has its own heap to itself.
 *
 * @param share of what it holds that it may grow by; the first call says it for all.
 */
export function tendHeap(share = 0.25): void {
  keeper ??= new HeapKeeper(ownHeap(), share);
  keeper.look();
}

function ownHeap(): HeapMeans {
  // The space of new objects stays as large as it is once a provider has been loaded, about 32 MB, in which what lives shortly has room.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--expose-gc");
  return {
    used: () => {
      const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
      return heap + buffers;
    },
    collect: runInNewContext("gc") as () => void,
    now: () => performance.now(),
  };
}
