import { existsSync } from "node:fs";
import { boundingCapabilities } from "./capabilities";
import type { MachineTraits } from "./labSettings";

/** What of this machine its container hosts inherit. */
export function machineTraits(): MachineTraits {
  return {
    canLowerOomScore: boundingCapabilities().includes("SYS_RESOURCE"),
    // Only the root of a unified (version 2) hierarchy has this file.
    cgroupVersion: existsSync("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1,
  };
}
