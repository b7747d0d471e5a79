import type { StateSize } from "../results";
import type { PulumiStack } from "./pulumiStack";
import type { Steps, Tool, Wanted } from "./tool";

/** A tool that is a Pulumi program: what it does is done by the CLI, on a stack of its own. */
export abstract class PulumiTool implements Tool {
  readonly removes = true;

  constructor(protected readonly stack: PulumiStack) {}

  abstract versions(): Promise<Record<string, string>>;
  abstract configure(wanted: Wanted): Promise<void>;

  forget(): Promise<void> {
    return this.stack.forget();
  }

  apply(): Promise<Steps> {
    return this.stack.run("up");
  }

  refresh(): Promise<Steps> {
    return this.stack.run("refresh");
  }

  destroy(): Promise<Steps> {
    return this.stack.run("destroy");
  }

  state(nodes: string[]): Promise<StateSize> {
    return this.stack.size(nodes);
  }
}
