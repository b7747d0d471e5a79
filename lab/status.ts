import * as path from "node:path";
import { tryRun } from "./machine/command";
import { isHealthy } from "./controlPlane/controlPlane";
import { controlPlanePrograms } from "./controlPlane/controlPlanePrograms";
import { daemonPid } from "./machine/daemons";
import { projectDirectory } from "./machine/directories";
import { execOnHost, hostState } from "./hosts/hosts";
import { readState } from "./plan/labState";
import { completeOptions } from "./plan/options";
import { type LabHost, type LabLayout, layoutOf } from "./plan/layout";

/** One line of `lab status`. */
export interface ComponentStatus {
  component: string;
  /** "running" if it is well; else what it is instead. */
  state: string;
  address: string;
}

/** The state of all of a lab's components; undefined where there is no lab of that name. */
export async function labStatus(name: string): Promise<ComponentStatus[] | undefined> {
  const project = projectDirectory();
  const state = await readState(project, name);
  if (!state) return undefined;
  const layout = layoutOf(completeOptions(state.options), project);
  const programs = controlPlanePrograms(state.options, layout, state.binaries ?? {});
  const controlPlane = programs.map(async (program) => ({
    component: program.daemon.name,
    state: await stateOf(program.daemon.recordPath, () => isHealthy(program, layout)),
    address: new URL(program.healthUrl).origin,
  }));
  return Promise.all([
    bridgeStatus(layout),
    ...controlPlane,
    routerStatus(layout),
    ...layout.hosts.map((host) => hostStatus(host)),
  ]);
}

async function stateOf(recordPath: string, isWell: () => Promise<boolean>): Promise<string> {
  if ((await daemonPid(recordPath)) === undefined) return "not running";
  return (await isWell()) ? "running" : "not well, see its log";
}

async function bridgeStatus(layout: LabLayout): Promise<ComponentStatus> {
  const link = await tryRun("ip", ["link", "show", "dev", layout.bridge]);
  return { component: "network", state: link.code === 0 ? "running" : "not there", address: layout.gateway };
}

async function routerStatus(layout: LabLayout): Promise<ComponentStatus> {
  const recordPath = path.join(layout.files.processes, "router.json");
  return { component: "router", state: await stateOf(recordPath, () => Promise.resolve(true)), address: "" };
}

async function hostStatus(host: LabHost): Promise<ComponentStatus> {
  const state = (await hostState(host)) ?? "not there";
  const ready = "systemctl is-active --quiet containerd.service ssh.service";
  const isWell = state === "running" && (await execOnHost(host, ready)).code === 0;
  const shown = state === "running" && !isWell ? "running, but containerd or sshd is not" : state;
  return { component: `host ${host.name}`, state: shown, address: host.address };
}
