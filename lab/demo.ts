#!/usr/bin/env node
import { messageOf } from "../base/errorMessage";
import { InterruptedError, LabError } from "./machine/errors";
import { handleSignals } from "./machine/signals";
import { labUp } from "./lab";
import type { Lab } from "./lab";
import { runPulumi } from "./pulumi/run";
import { checkWorkload, kubectl, startWorkload } from "./hosts/workload";
import type { Kubectl } from "./hosts/workload";

/** The whole story: a lab with bare hosts, the program, Ready nodes, pods that reach each other. */
async function demo(): Promise<void> {
  handleSignals();
  const started = Date.now();
  heading("A lab: a control plane, and hosts with nothing of Kubernetes");
  const lab = await labUp({});
  heading("pulumi up");
  const code = await runPulumi(lab.files, ["up", "--skip-preview"]);
  if (code !== 0)
    throw new LabError(
      `up ended with exit code ${code}`,
      "see the diagnostics above; `npm run lab -- status` shows the lab",
    );
  await showCluster(lab);
  console.log(
    `\nAll of it took ${Math.round((Date.now() - started) / 1000)} s. The lab stays: npm run lab -- status | kubectl ... | down`,
  );
}

async function showCluster(lab: Lab): Promise<void> {
  const client: Kubectl = { command: lab.kubectlPath, kubeconfigPath: lab.kubeconfigPath };
  heading("kubectl get nodes");
  console.log(await kubectl(client, ["get", "nodes", "-o", "wide"]));
  heading("A pod on each node, and a Service before them");
  const workload = await startWorkload(
    client,
    lab.hosts.slice(0, 2).map(({ name }) => name),
  );
  for (const [node, pod] of Object.entries(workload.pods)) console.log(`${pod.name}  ${pod.address}  on ${node}`);
  const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]));
  for (const { title, answer } of await checkWorkload(client, workload, addresses)) console.log(`${title}: ${answer}`);
}

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

demo().catch((error: unknown) => {
  const interrupted = error instanceof InterruptedError;
  if (interrupted) console.error("interrupted; `npm run lab -- down` removes what is there");
  else console.error(`error: ${messageOf(error)}`);
  process.exitCode = interrupted ? 130 : 1;
});
