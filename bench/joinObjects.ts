import * as path from "node:path";
import { kubectl } from "../lab/hosts/workload";
import type { Lab } from "../lab/lab";
import { readIfExists, writeFileAtomic } from "../lab/machine/files";
import type { StackResource } from "./stackState";

/** What the cluster needs so that kubelets may join: our own stack makes it and takes it away, the other tools find it there. */
export class JoinObjects {
  private constructor(
    private readonly lab: Lab,
    private readonly objects: object[],
  ) {}

  /** Those that our stack has made; noted in the lab's folder, so that they can be taken away whatever happens. */
  static async of(lab: Lab, resources: StackResource[]): Promise<JoinObjects> {
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs);
    await writeFileAtomic(noteFile(lab), JSON.stringify(objects));
    return new JoinObjects(lab, objects);
  }

  /** Those of an earlier call of {@link of}; undefined if there was none. */
  static async noted(lab: Lab): Promise<JoinObjects | undefined> {
    const text = await readIfExists(noteFile(lab));
    return text === undefined ? undefined : new JoinObjects(lab, JSON.parse(text) as object[]);
  }

  provide(): Promise<string> {
    return this.kubectl(["apply", "-f", "-"]);
  }

  remove(): Promise<string> {
    return this.kubectl(["delete", "--ignore-not-found", "-f", "-"]);
  }

  private kubectl(args: string[]): Promise<string> {
    const client = { command: this.lab.kubectlPath, kubeconfigPath: this.lab.kubeconfigPath };
    return kubectl(client, args, JSON.stringify({ apiVersion: "v1", kind: "List", items: this.objects }));
  }
}

function noteFile(lab: Lab): string {
  return path.join(lab.files.directory, "bench", "joinObjects.json");
}
