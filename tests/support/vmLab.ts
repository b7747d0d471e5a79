import { join } from "node:path";
import { run } from "../../lab/machine/command";
import type { Lab } from "../../lab/lab";
import { openLab } from "../../lab/lab";
import { freeSubnet } from "./freeSubnet";
import { labName } from "./labOfTests";

/** A lab of one container, node-1, and one virtual machine, vm-1, beside that of the other stories. */
export interface VmLab {
  lab: Lab;
  /** Takes it away. */
  end: () => Promise<void>;
}

/** Milliseconds until it is there: the disk is made, and the machine boots on emulated processors. */
export const vmLabPatience = 900_000;

/** Makes it anew, of the release that VM_KUBERNETES names. */
export async function startVmLab(): Promise<VmLab> {
  const name = `${labName}-vm`;
  const release = process.env["VM_KUBERNETES"];
  const end = (): Promise<void> => cli("down", "--name", name);
  await end();
  const options = ["--hosts", "1", "--vm-hosts", "1", "--subnet", freeSubnet()];
  await cli("up", "--name", name, ...options, ...(release === undefined ? [] : ["--kubernetes-version", release]));
  return { lab: await openLab(name), end };
}

async function cli(...args: string[]): Promise<void> {
  const cwd = join(__dirname, "../..");
  await run("node", ["dist/lab/cli.js", ...args], { cwd, timeoutSeconds: vmLabPatience / 1000 });
}
