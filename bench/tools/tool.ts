import type { Measured, StateSize } from "../results";

/** What the hosts are to be. */
export interface Wanted {
  /** Names of the hosts that are nodes. */
  hosts: string[];
  /** A field of the kubelet's configuration. */
  maxPods: number;
}

/** What one run of a tool told of its steps: kind -> seconds of each. */
export type Steps = Measured["steps"];

/** A tool as the benchmark runs it. Each method runs the tool once and throws when it fails. */
export interface Tool {
  /** What it is: program -> version. */
  versions(): Promise<Record<string, string>>;
  /** Forgets everything of an earlier run; the hosts are cleared by others. */
  forget(): Promise<void>;
  /** Brings its own files to what is wanted; takes no time worth counting. */
  configure(wanted: Wanted): Promise<void>;
  apply(): Promise<Steps>;
  refresh?(): Promise<Steps>;
  destroy?(): Promise<Steps>;
  /** Whether a host that is not wanted any more is cleared. */
  removes: boolean;
  /** Size of what it remembers. */
  state?(nodes: string[]): Promise<StateSize>;
}
