import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { type Workload, checkWorkload, startWorkload } from "../../lab/hosts/workload";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import { countRequests } from "../support/requestCount";
import { expectAsConfigured } from "../support/settled";
import { Stack, expectSuccess } from "../support/stack";
import { type VmLab, startVmLab, vmLabPatience } from "../support/vmLab";

const vm = "vm-1";
const container = "node-1";

/** What each mode has on a host and the others have not, a word a line. */
const traces = `
! nft list table ip kube-proxy >/dev/null 2>&1 || echo nftables
! iptables-save 2>/dev/null | grep -q '^:KUBE-SVC-' || echo iptables
! iptables-save 2>/dev/null | grep -q '^:KUBE-NODE-PORT ' || echo ipvs-chains
! ipset list -n 2>/dev/null | grep -q '^KUBE-' || echo ipvs-sets
! ls -d /sys/class/net/kube-ipvs0 >/dev/null 2>&1 || echo ipvs-interface
! ipvsadm -Sn 2>/dev/null | grep -q . || echo ipvs-servers`;
const tracesOf = {
  nftables: ["nftables"],
  iptables: ["iptables"],
  ipvs: ["ipvs-chains", "ipvs-sets", "ipvs-interface", "ipvs-servers"],
};

/** Of one test, in milliseconds: an emulated processor is ten times slower than the machine's. */
jest.setTimeout(1_500_000);

describe("kube-proxy's mode ipvs on a host with a kernel of its own", () => {
  let made: VmLab;
  let lab: Lab;
  let stack: Stack;
  let workload: Workload;
  beforeAll(async () => {
    made = await startVmLab();
    ({ lab } = made);
    stack = await Stack.open(lab);
  }, vmLabPatience);
  afterAll(() => made.end());

  const onVm = async (script: string): Promise<string> => (await lab.exec(vm, script)).stdout.trim();
  const addressOf = (name: string): string => lab.hosts.find((host) => host.name === name)?.address ?? "";
  const expectServicesAnswer = async (): Promise<void> => {
    const addresses = { [container]: addressOf(container), [vm]: addressOf(vm) };
    expect(await checkWorkload(kubectlOf(lab), workload, addresses)).toHaveLength(5);
  };

  /** Of the virtual machine alone: a container has no kernel modules of its own. */
  async function upInMode(kubeProxyMode: keyof typeof tracesOf, ipvs: object = {}): Promise<void> {
    stack.configure((config) => {
      const kubeProxyConfiguration = { ...(config["kubeProxyConfiguration"] as object), ipvs };
      config["hosts"] = (config["hosts"] as { name: string }[]).map((host) =>
        host.name === vm ? { ...host, kubeProxyMode, kubeProxyConfiguration } : host,
      );
    });
    expectSuccess(await stack.up());
    expect((await onVm(traces)).split("\n")).toEqual(tracesOf[kubeProxyMode]);
  }

  /** Lines of `up` about a Service: its own, then its backends. */
  async function serviceLines(service: string): Promise<string[]> {
    const rules = await stack.rulesOf(vm);
    const own = rules.findIndex((line) => line.startsWith(`TCP ${service}`));
    const after = rules.slice(own + 1).findIndex((line) => !line.startsWith("->"));
    return own < 0 ? [] : rules.slice(own, after < 0 ? undefined : own + 1 + after);
  }

  async function expectEchoBehindService(scheduler: string): Promise<void> {
    const [own, ...backends] = await serviceLines(`${workload.clusterIP}:80`);
    expect(own).toBe(`TCP ${workload.clusterIP}:80 ${scheduler}`);
    const wanted = Object.values(workload.pods).map(({ address }) => `${address}:8080`);
    expect(backends.map((line) => line.split(" ")[1]).sort()).toEqual(wanted.sort());
  }

  test("leads the Service kubernetes to the API servers, by what up shows", async () => {
    await upInMode("ipvs");
    const [own, ...backends] = await serviceLines("10.1.0.1:443");
    expect(own).toBe("TCP 10.1.0.1:443 rr");
    expect(backends).toEqual([expect.stringMatching(/^-> \S+:6443 Masq /)]);
    workload = await startWorkload(kubectlOf(lab), [container, vm]);
    await expectServicesAnswer();
  });

  test("has the scheduler and strict ARP that it is told, and shows every Service with its backends", async () => {
    await upInMode("ipvs", { scheduler: "wrr", strictARP: true });
    await expectEchoBehindService("wrr");
    expect(await onVm("cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce")).toBe(
      "1\n2",
    );
  });

  test("is back after a reboot", async () => {
    const boot = await onVm("cat /proc/sys/kernel/random/boot_id");
    await lab.exec(vm, "systemctl reboot");
    await until(
      "has started again",
      async () => !["", boot].includes(await onVm("cat /proc/sys/kernel/random/boot_id")),
    );
    await until("has its rules", async () => (await onVm(traces)).split("\n").length === tracesOf.ipvs.length);
    await until("has a running pod", async () => (await onVm("ctr -n k8s.io tasks ls | grep -c RUNNING")) === "2");
    await until("is Ready", async () => (await nodesOf(lab)).every(({ ready }) => ready));
    // Its pod has another address now.
    workload = await startWorkload(kubectlOf(lab), [container, vm]);
    await expectServicesAnswer();
  });

  test("gives way to each other mode and comes back, and leaves nothing of the one before", async () => {
    for (const mode of ["nftables", "iptables", "ipvs"] as const) {
      const stop = await countRequests(lab, container, `http://${addressOf(vm)}:${workload.nodePort}/`);
      await upInMode(mode);
      await sleep(2000);
      const { sent, lost, longestMilliseconds } = await stop();
      console.log(`to ${mode}: ${lost} of ${sent} requests lost, no answer for ${longestMilliseconds} ms at most`);
      expect(sent).toBeGreaterThan(lost);
      // Services answer again within seconds; an emulated processor takes its time.
      expect(longestMilliseconds).toBeLessThan(30_000);
      await expectServicesAnswer();
    }
    await expectAsConfigured(lab, stack);
  });
});

/** Waits for what an emulated machine comes to by itself. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 480_000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${vm}: not seen in 8 minutes that it ${what}`);
    await sleep(2000);
  }
}
