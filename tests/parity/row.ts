/** A row of the parity table: a program, what is done with it, and what Pulumi does then. */
import type { Spec, TestStack } from "../lifecycle/testStack";

/** One command, and what is expected of it. */
export interface Run {
  command: "preview" | "up" | "refresh" | "destroy";
  args?: string[];
  /** What the program registers from here on: resources of the program `things`. */
  spec?: Spec;
  /** Configuration from here on, by key without namespace. */
  config?: Record<string, unknown>;
  /** What happens behind Pulumi's back before the command. */
  before?: (stack: TestStack) => void;
  /** A call of the provider, as `call name`; when it has begun the command gets a SIGINT. */
  interruptAt?: string;
  /** @default 0 */
  code?: number;
  /** Every step but those of the stack and of providers, as chains; see expectSteps. */
  steps: string[][];
  /** Steps that failed. @default none */
  failures?: string[];
  /** What is printed among other things. */
  says?: (string | RegExp)[];
}

export interface Row {
  /** The behaviour. */
  name: string;
  /** Where Pulumi documents it: a page of its documentation below /docs/iac, or a file of pulumi/pulumi. */
  source: string;
  /** @default "things" */
  program?: "certificates";
  runs: Run[];
  /** Names of what the checkpoint holds in the end; all of it is compared with the recording. */
  left: string[];
}

/** Shorthand for the commonest command. */
export const up = (spec: Spec, steps: string[][], more: Partial<Run> = {}): Run => ({
  command: "up",
  spec,
  steps,
  ...more,
});

/** What a command that ends badly has for a code. Source: sdk/go/common/util/cmdutil/exit.go. */
export const exitCode = { failed: 1, unexpectedChanges: 7 };
