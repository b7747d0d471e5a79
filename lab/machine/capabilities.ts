import { readFileSync } from "node:fs";

/**
 * Linux capabilities by number (capabilities(7), linux/capability.h), up to those that every Docker in use knows. The
 * later ones, PERFMON, BPF and CHECKPOINT_RESTORE, are parts of SYS_ADMIN.
 */
const names = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...["LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER"],
  ...["SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"],
  ...["SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"],
  ...["MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ"],
];

/**
 * The capabilities that this machine's root can hand on. Root of a container or a restricted VM may lack some, and
 * Docker's --privileged then fails, since it asks for all.
 */
export function boundingCapabilities(): string[] {
  const status = readFileSync("/proc/self/status", "utf8");
  return capabilitiesIn(/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0");
}

/** Names in a capability set as /proc/PID/status prints it, in hex. */
export function capabilitiesIn(set: string): string[] {
  const bits = BigInt(`0x${set}`);
  return names.filter((_, number) => (bits >> BigInt(number)) & 1n);
}
