import * as fs from "node:fs/promises";
import * as path from "node:path";
import { run, tryRun } from "../machine/command";
import { type Daemon, daemonPid, ensureDaemon, stopDaemon } from "../machine/daemons";
import { LabError } from "../machine/errors";
import { exists } from "../machine/files";
import { linkTo } from "../machine/launcher";
import { packTar } from "../machine/tar";
import { type LabHost, type LabLayout, labVariable } from "../plan/layout";
import { shellQuote } from "../../base/shellQuote";
import { nameservers } from "./hostContainers";
import type { HostDriver, HostPlan } from "./hostDriver";

/** Memory of each. */
const mebibytes = 2048;

/**
 * Hosts that are virtual machines, with a kernel of their own: what container hosts cannot show is mode ipvs of kube-proxy, the
 * second version of control groups, and a reboot. They are emulated: a /dev/kvm that is there need not work, and all machines are alike.
 */
export const virtualMachines: HostDriver = {
  async state({ vm }) {
    if (vm === undefined) return undefined;
    if ((await daemonPid(vm.record)) !== undefined) return "running";
    return (await exists(vm.disk)) ? "stopped" : undefined;
  },
  async start(host, plan) {
    await refuseWithoutMemory(host);
    await fs.mkdir(host.directory, { recursive: true });
    await packSeed(host, plan);
    const { tap, disk } = placeOf(host);
    if (!(await exists(disk))) await makeDisk(host, plan);
    await plugIn(tap, plan.layout.bridge);
    await ensureDaemon(machine(host, plan.layout));
  },
  exec: (host, command, input) => tryRun("ssh", [...sshArgs(host), `sh -c ${shellQuote(command)}`], { input }),
  wayIn: (host) => `less ${placeOf(host).console}`,
  async removeOthers(layout) {
    const wanted = new Set(layout.hosts.map(({ vm }) => vm?.record));
    const records = await fs.readdir(layout.files.processes).catch(() => []);
    const surplus = records
      .filter((name) => /^vm-\d+\.json$/.test(name))
      .map((name) => path.join(layout.files.processes, name))
      .filter((record) => !wanted.has(record));
    const names = surplus.map((record) => path.basename(record, ".json"));
    for (const record of surplus) await stopDaemon(record);
    for (const name of names) await fs.rm(path.join(layout.files.hosts, name), { recursive: true, force: true });
    return names;
  },
};

function placeOf({ name, vm }: LabHost): NonNullable<LabHost["vm"]> {
  if (vm === undefined) throw new Error(`${name} is no virtual machine`);
  return vm;
}

function sshArgs(host: LabHost): string[] {
  const { sshKey, knownHosts } = placeOf(host);
  const options = ["BatchMode=yes", "ConnectTimeout=10", "IdentitiesOnly=yes", "StrictHostKeyChecking=yes"];
  const flags = [...options, `UserKnownHostsFile=${knownHosts}`].flatMap((option) => ["-o", option]);
  return ["-F", "none", "-i", sshKey, ...flags, `root@${host.address}`];
}

/** The machines count together, of all labs: what one has asked for and not used yet is taken all the same. */
async function refuseWithoutMemory({ name }: LabHost): Promise<void> {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(await fs.readFile("/proc/meminfo", "utf8"))?.[1];
  const free = Math.floor(Number(available ?? 0) / 1024);
  if (free >= mebibytes) return;
  throw new LabError(
    `${name}: ${free} MiB of memory are free, a virtual machine takes ${mebibytes}`,
    "take another lab down, or ask for fewer --vm-hosts",
  );
}

/** The archive that lab-seed reads from the second disk: what of the system is this host's alone. */
async function packSeed(host: LabHost, { options, layout, keys }: HostPlan): Promise<void> {
  const work = await fs.mkdtemp(path.join(host.directory, "seed-"));
  try {
    const files: Record<string, string> = {
      "etc/hostname": `${host.name}\n`,
      "etc/hosts": `127.0.0.1 localhost\n${host.address} ${host.name}\n`,
      "etc/resolv.conf": nameservers()
        .map((address) => `nameserver ${address}\n`)
        .join(""),
      "etc/lab/network": `address=${host.address}/${options.subnet.split("/")[1] ?? ""}\ngateway=${layout.gateway}\n`,
      "etc/ssh/authorized_keys": `${keys.publicKey}\n`,
    };
    for (const [name, content] of Object.entries(files)) {
      await fs.mkdir(path.join(work, path.dirname(name)), { recursive: true });
      await fs.writeFile(path.join(work, name), content, { mode: 0o644 });
    }
    await fs.copyFile(
      path.join(host.directory, "ssh_host_ed25519_key"),
      path.join(work, "etc/ssh/ssh_host_ed25519_key"),
    );
    await packTar(work, placeOf(host).seed);
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}

/** The kernel stays that of the disk, whose modules are its own, also where the lab's disk is another one by now. */
async function makeDisk(host: LabHost, { media }: HostPlan): Promise<void> {
  if (media.vm === undefined) throw new Error(`${host.name}: no disk to start it from`);
  const { disk, kernel, initrd } = placeOf(host);
  await linkTo(kernel, media.vm.kernel);
  await linkTo(initrd, media.vm.initrd);
  await run("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", media.vm.disk, disk]);
}

/** The machine's end of the host's network card, on the lab's bridge beside the containers'. */
async function plugIn(tap: string, bridge: string): Promise<void> {
  if ((await tryRun("ip", ["link", "show", "dev", tap])).code !== 0) {
    await run("ip", ["tuntap", "add", "dev", tap, "mode", "tap"]);
  }
  await run("ip", ["link", "set", "dev", tap, "master", bridge, "up"]);
}

function machine(host: LabHost, layout: LabLayout): Daemon {
  const { disk, seed, kernel, initrd, tap, console, record } = placeOf(host);
  const mac = host.address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  const args = [
    ...["-name", host.name, "-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "max"],
    ...["-smp", "2", "-m", String(mebibytes), "-display", "none", "-monitor", "none", "-serial", `file:${console}`],
    ...["-kernel", kernel, "-initrd", initrd],
    ...["-append", "root=/dev/vda rw console=ttyS0 panic=5 quiet"],
    // A lab's disk need not outlive a loss of power.
    ...["-drive", `file=${disk},if=virtio,format=qcow2,cache=unsafe`],
    ...["-drive", `file=${seed},if=virtio,format=raw,readonly=on`],
    ...["-netdev", `tap,id=card,ifname=${tap},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=card,mac=02:00:${mac.join(":")}`, "-device", "virtio-rng-pci"],
  ];
  return {
    name: host.name,
    command: "qemu-system-x86_64",
    args,
    env: { [labVariable]: layout.files.directory },
    logPath: path.join(layout.files.logs, `${host.name}.log`),
    recordPath: record,
  };
}
