import { kubectl } from "../lab/hosts/workload";
import type { Lab } from "../lab/lab";
import type { StackResource } from "./stackState";

/** What the cluster needs so that kubelets may join: our own stack makes it and takes it away, the other tools find it there. */
export class JoinObjects {
  constructor(
    private readonly lab: Lab,
    private readonly objects: object[],
  ) {}

  /** Those that our stack has made. */
  static of(lab: Lab, resources: StackResource[]): JoinObjects {
    const made = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    return new JoinObjects(
      lab,
      made.map(({ inputs }) => inputs),
    );
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
