import { settleOptions } from "../../lab/plan/labState";
import { layoutOf } from "../../lab/plan/layout";
import { completeOptions, defaultClusterCIDR } from "../../lab/plan/options";

describe("options of a lab", () => {
  test("nothing asked gives the lab that the committed stack describes", () => {
    expect(completeOptions({})).toEqual({
      name: "lab",
      hosts: 2,
      vmHosts: 0,
      flannel: false,
      debian: "12",
      apiServers: 1,
      kubernetesVersion: "1.37.2",
      olderKubernetesVersion: undefined,
      subnet: "10.231.0.0/24",
      clusterCIDR: "10.2.0.0/16",
      binaries: undefined,
    });
  });

  test.each([
    [{ name: "Lab" }, /--name "Lab".*\n.*lower-case/],
    [{ name: "../etc" }, /--name/],
    [{ hosts: 0 }, /--hosts 0/],
    [{ hosts: Number("two") }, /--hosts NaN/],
    [{ hosts: 201 }, /from 1 to 200/],
    [{ debian: "11" as "12" }, /--debian "11".*\n.*one of 12, 13/],
    [{ vmHosts: -1 }, /--vm-hosts -1.*\n.*from 0 to 40/],
    [{ apiServers: 0 }, /--api-servers 0: not a number of API servers\n.*from 1 to 3/],
    [{ hosts: -1, vmHosts: 1 }, /--hosts -1.*\n.*from 0 to 200/],
    [{ kubernetesVersion: "1.37" }, /--kubernetes-version "1.37".*\n.*three numbers/],
    [{ olderKubernetesVersion: "1.34" }, /--older-kubernetes-version "1.34".*\n.*three numbers/],
    [{ subnet: "10.231.0.0/16" }, /\/16 is not an IPv4 \/24/],
    [{ subnet: "10.231.0.7/24" }, /bits beyond its prefix/],
    [{ subnet: "fd00::/24" }, /not a network/],
    [{ clusterCIDR: "10.2.0.0/24" }, /--cluster-cidr/],
  ])("%p is refused by name", (asked, message) => {
    expect(() => completeOptions(asked)).toThrow(message);
  });

  test("a version may have its v", () => {
    expect(completeOptions({ kubernetesVersion: "v1.36.3" }).kubernetesVersion).toBe("1.36.3");
    expect(completeOptions({ olderKubernetesVersion: "v1.34.4" }).olderKubernetesVersion).toBe("1.34.4");
  });

  test.each([
    ["10.231.0.0/24", "10.2.0.0/16"],
    ["10.232.0.0/24", "10.3.0.0/16"],
    ["10.231.1.0/24", "10.3.0.0/16"],
    ["10.230.0.0/24", "10.101.0.0/16"],
    ["192.168.250.0/24", "10.89.0.0/16"],
  ])("pods of a lab on %s are in %s, never in the services' network", (subnet, clusterCIDR) => {
    expect(defaultClusterCIDR(subnet)).toBe(clusterCIDR);
    expect(clusterCIDR).not.toBe("10.1.0.0/16");
  });

  test("a second run keeps what the lab was made with, and may change hosts and binaries", () => {
    const recorded = completeOptions({ name: "x", subnet: "10.240.0.0/24", hosts: 3 });
    expect(settleOptions({ name: "x", hosts: undefined }, recorded)).toEqual(recorded);
    expect(settleOptions({ name: "x", hosts: 4 }, recorded).hosts).toBe(4);
    expect(settleOptions({ name: "x", olderKubernetesVersion: "1.34.4" }, recorded).olderKubernetesVersion).toBe(
      "1.34.4",
    );
    expect(() => settleOptions({ name: "x", subnet: "10.241.0.0/24" }, recorded)).toThrow(
      /--subnet 10.241.0.0\/24: the lab "x" was made with 10.240.0.0\/24/,
    );
    expect(() => settleOptions({ name: "x", kubernetesVersion: "1.36.3" }, recorded)).toThrow(/lab down/);
  });
});

describe("layout of a lab", () => {
  const layout = layoutOf(completeOptions({ hosts: 2 }), "/tree");

  test("gateway, hosts and services have the addresses the stack names", () => {
    expect(layout.endpoint).toBe("https://10.231.0.1:6443");
    expect(layout.hosts.map(({ name, address, container }) => [name, address, container])).toEqual([
      ["node-1", "10.231.0.11", "kwn-lab-node-1"],
      ["node-2", "10.231.0.12", "kwn-lab-node-2"],
    ]);
    expect([layout.kubernetesServiceAddress, layout.clusterDNS]).toEqual(["10.1.0.1", "10.1.0.2"]);
  });

  test("virtual machines are beside the containers, with names, addresses and cards of their own", () => {
    const options = completeOptions({ name: "b".repeat(30), hosts: 1, vmHosts: 2 });
    const { hosts } = layoutOf(options, "/tree");
    expect(hosts.map(({ name, address, vm }) => [name, address, vm !== undefined])).toEqual([
      ["node-1", "10.231.0.11", false],
      ["vm-1", "10.231.0.211", true],
      ["vm-2", "10.231.0.212", true],
    ]);
    const taps = hosts.flatMap(({ vm }) => vm?.tap ?? []);
    expect(new Set(taps).size).toBe(2);
    for (const tap of taps) expect(tap.length).toBeLessThanOrEqual(15);
    expect(layoutOf(completeOptions({ hosts: 0, vmHosts: 1 }), "/tree").hosts.map(({ name }) => name)).toEqual([
      "vm-1",
    ]);
  });

  test("files are below .lab, or .lab-NAME for another lab", () => {
    expect(layout.files.kubeconfig).toBe("/tree/.lab/kubeconfig");
    expect(layoutOf(completeOptions({ name: "e2e" }), "/tree").files.directory).toBe("/tree/.lab-e2e");
  });

  test("the bridge's name always fits an interface, and differs between labs", () => {
    const bridges = ["lab", "a".repeat(29) + "b", "a".repeat(29) + "c"].map(
      (name) => layoutOf(completeOptions({ name }), "/tree").bridge,
    );
    expect(bridges[0]).toBe("kwn-lab");
    expect(Math.max(...bridges.map((bridge) => bridge.length))).toBeLessThanOrEqual(15);
    expect(new Set(bridges).size).toBe(3);
  });
});
