import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { kubectlEnvironment } from "../lab/hosts/workload";
import type { Lab } from "../lab/lab";
import { LabError } from "../lab/machine/errors";
import { pollUntil } from "../lab/machine/interrupt";

/** Notes when each Node became Ready, told by the API server as it happens: the same clock for every tool. */
export class ReadyWatch {
  private readonly readyAt = new Map<string, number>();
  private readonly child: ChildProcess;

  constructor(lab: Lab) {
    const args = ["get", "nodes", "--watch", "--output-watch-events", "--no-headers"];
    const env = { ...process.env, ...kubectlEnvironment(lab.kubeconfigPath) };
    this.child = spawn(lab.kubectlPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });
    this.child.on("error", () => undefined);
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on("line", (line) => this.take(line));
  }

  /** Columns: event, name, status, ... */
  private take(line: string): void {
    const [event = "", name = "", status = ""] = line.split(/\s+/);
    const ready = event !== "DELETED" && status.split(",")[0] === "Ready";
    if (!ready) this.readyAt.delete(name);
    else if (!this.readyAt.has(name)) this.readyAt.set(name, Date.now());
  }

  /** When the last of these Nodes became Ready, as `Date.now()`; waits for it. */
  async allReady(names: string[], timeoutSeconds = 300): Promise<number> {
    const missing = (): string[] => names.filter((name) => !this.readyAt.has(name));
    const done = await pollUntil(() => Promise.resolve(missing().length === 0 ? true : undefined), timeoutSeconds, 50);
    if (!done) throw new LabError(`not Ready after ${timeoutSeconds} s: ${missing().join(", ")}`, "see the tool's log");
    return Math.max(0, ...names.map((name) => this.readyAt.get(name) ?? 0));
  }

  stop(): void {
    this.child.kill();
  }
}
