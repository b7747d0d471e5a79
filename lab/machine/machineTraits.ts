import { existsSync } from "node:fs";
import { boundingCapabilities } from "./capabilities";

/** What of this machine the hosts inherit, since they share its kernel. */
export interface MachineTraits {
  /** Root has CAP_SYS_RESOURCE: may lower OOM scores. */
  canLowerOomScore: boolean;
  cgroupVersion: 1 | 2;
}

/** What of this machine its container hosts inherit. */
export function machineTraits(): MachineTraits {
  return {
    canLowerOomScore: boundingCapabilities().includes("SYS_RESOURCE"),
    // Only the root of a unified (version 2) hierarchy has this file.
    cgroupVersion: existsSync("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1,
  };
}
