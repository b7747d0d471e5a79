import type { Sandbox } from "./sandbox";

/** Makes a sandbox a host that preflight finds nothing wrong with; gives what closes containerd's socket. */
export async function makeFit(host: Sandbox): Promise<() => void> {
  host
    .directory("/run/systemd/system")
    .directory("/opt")
    .directory("/var/lib")
    .file("/proc/1/comm", "systemd\n")
    .file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")
    .file("/proc/net/tcp", tcp([]))
    .file("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n")
    .file("/etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    .file("/etc/resolv.conf", "nameserver 10.0.0.1\n")
    .file("/etc/containerd/config.toml", 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]\n')
    .command("uname", uname("6.12.1-amd64"))
    .command("df", "echo header; echo '/dev/vda1 9999999 1 8388608 1% /'")
    .command("containerd", "echo containerd github.com/containerd/containerd/v2 v2.1.4 abcdef")
    .command("nft", "echo 'nftables v1.1.3 (Commodore Bullmoose #4)'")
    .command("systemctl", "exit 3");
  for (const command of ["apt-get", "mount", "tar"]) host.command(command);
  return host.socket("/run/containerd/containerd.sock");
}

/** /proc/net/tcp with listeners on the ports, and a connection that is none. */
export function tcp(ports: number[]): string {
  const line = (port: number, state: string) =>
    `   0: 00000000:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 1\n`;
  return "  sl  local_address rem_address   st\n" + line(10256, "06") + ports.map((port) => line(port, "0A")).join("");
}

/** uname of a kernel. */
export function uname(release: string, machine = "x86_64"): string {
  return `case $1 in -s) echo Linux ;; -m) echo ${machine} ;; -r) echo ${release} ;; esac`;
}
