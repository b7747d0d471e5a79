import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { without } from "../../base/without";
import { fieldsOf, pathText } from "../../base/rules/finding";
import { parseSettings } from "../../settings";
import { withHostsOfFiles } from "../../settings/hostsFiles";
import { parseIni } from "../../settings/inventory/ansibleIni";
import { yamlInventory } from "../../settings/inventory/ansibleYaml";
import { inventoryHosts } from "../../settings/inventory/inventoryHosts";
import { knownHosts } from "../../settings/inventory/knownHosts";
import { hostsOf, publicKeyLine, selfSigned, testConfiguration } from "./testConfiguration";

const ini = `
# comment
bastion ansible_host=10.0.0.1

[kube_control_plane]
cp-1 ansible_host=10.0.0.10

[kube_node]
node-[08:10] ansible_user=admin ; another comment
gpu-1 ansible_host=10.0.0.41 ansible_port=2222 ip=10.1.0.41 node_taints='["gpu=yes:NoSchedule"]'

[k8s_cluster:children]
kube_control_plane
kube_node

[k8s_cluster:vars]
ansible_user=root
node_labels={'rack': 'r1'}
`;

describe("an inventory of the form INI", () => {
  test("gives kubespray's workers, with ranges, groups' variables and the host's own before them", () => {
    const hosts = inventoryHosts(parseIni(ini));
    const labels = { rack: "r1" };
    expect(hosts).toEqual([
      { name: "node-08", address: "node-08", user: "admin", labels },
      { name: "node-09", address: "node-09", user: "admin", labels },
      { name: "node-10", address: "node-10", user: "admin", labels },
      {
        ...{ name: "gpu-1", address: "10.0.0.41", port: "2222", user: "root", nodeIP: "10.1.0.41", labels },
        taints: ["gpu=yes:NoSchedule"],
      },
    ]);
  });

  test("gives another group, or all, when asked", () => {
    const names = (group?: string) => inventoryHosts(parseIni(ini), group).map(({ name }) => name);
    expect(names("kube_control_plane")).toEqual(["cp-1"]);
    expect(names("k8s_cluster")).toEqual(["cp-1", "node-08", "node-09", "node-10", "gpu-1"]);
    expect(names("all")).toContain("bastion");
    expect(() => names("nodes")).toThrow(/^has no group "nodes"; its groups are ungrouped, kube_control_plane, /);
    expect(() => parseIni("[kube_node\nx")).toThrow('line 1: "[kube_node" is no head of a group');
  });
});

test("an inventory of the form YAML gives the same", () => {
  const document = load(`
all:
  vars: { ansible_user: root }
  hosts:
    node-1: { ansible_host: 10.0.0.11, ip: 10.1.0.11 }
    node-2: { ansible_host: 10.0.0.12, node_labels: { rack: r2 } }
  children:
    kube_node:
      hosts: { node-1: null, node-2: { ansible_user: admin } }
    kube_control_plane:
      hosts: { cp-1: null }
    ring: { children: { ring: null } }
`);
  expect(inventoryHosts(yamlInventory(document))).toEqual([
    { name: "node-1", address: "10.0.0.11", user: "root", nodeIP: "10.1.0.11" },
    { name: "node-2", address: "10.0.0.12", user: "admin", labels: { rack: "r2" } },
  ]);
});

describe("known_hosts", () => {
  const key = publicKeyLine("ssh-ed25519", 1);

  test("is asked by address and port, takes the better kind, and passes marks and RSA over", () => {
    const find = knownHosts(
      [
        "# comment",
        "@revoked 10.0.0.1 ssh-ed25519 AAAAbad",
        "10.0.0.1,node-1 ssh-rsa AAAArsa",
        "10.0.0.1 ecdsa-sha2-nistp256 AAAAecdsa",
        `10.0.0.1,Node-1 ${key} comment`,
        "[10.0.0.1]:2222 ssh-ed25519 AAAAother",
      ].join("\n"),
    );
    expect(find("10.0.0.1", 22)).toBe(key);
    expect(find("node-1", 22)).toBe(key);
    expect(find("10.0.0.1", 2222)).toBe("ssh-ed25519 AAAAother");
    expect(find("10.0.0.2", 22)).toBeUndefined();
  });

  test("may have hashed names, as ssh-keygen -H makes them", () => {
    const folder = mkdtempSync(join(tmpdir(), "known-"));
    const file = join(folder, "known_hosts");
    writeFileSync(file, `10.0.0.7 ${key}\n`);
    execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
    const text = readFileSync(file, "utf8");
    rmSync(folder, { recursive: true });
    expect(text).toMatch(/^\|1\|/);
    expect(knownHosts(text)("10.0.0.7", 22)).toBe(key);
  });
});

describe("hosts of files in a configuration", () => {
  const files: Record<string, string> = {
    "hosts.ini": ini,
    "hosts.yaml": `- { name: y-1, address: 10.0.0.50 }\n- { name: y-2, address: 10.0.0.300 }\n`,
    known: ["10.0.0.50", "node-08", "node-09", "node-10"]
      .map((name, at) => `${name} ${publicKeyLine("ssh-ed25519", 10 + at)}`)
      .join("\n"),
  };
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };

  test("are added to those of the stack and of a pool, with their keys, and their errors name the file", async () => {
    const configuration = testConfiguration(await selfSigned(true));
    const { raw, findings, labelOf } = withHostsOfFiles(
      {
        ...configuration,
        hostsFile: "hosts.yaml",
        knownHostsFile: "known",
        pools: { ini: { hostsFile: "hosts.ini", hostsGroup: "kube_node" } },
      },
      read,
    );
    expect(findings).toEqual([]);
    const { errors } = parseSettings(raw, { labelOf });
    expect(errors.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      "hosts.yaml y-2: hosts[3].address is not an IP address or host name",
      "hosts.yaml y-2: hosts[3].hostKey is required",
      "hosts.ini gpu-1: pools.ini.hosts[3].hostKey is required",
    ]);
  });

  test("that cannot be read are said with the reason", () => {
    const { findings } = withHostsOfFiles(
      { hostsFile: "none", pools: { a: { hostsFile: "hosts.ini", hostsGroup: "x" } } },
      read,
    );
    expect(findings.map(({ path, fault }) => `${pathText(path)} ${fault}`)).toEqual([
      expect.stringMatching(/^pools\.a\.hostsFile cannot be read: has no group "x"/),
      "hostsFile cannot be read: ENOENT: none",
    ]);
  });
});

test.each(["staging", "production"])(
  "docs/stacks/Pulumi.%s.yaml is right, once its cluster's stack answers",
  async (name) => {
    const folder = join(__dirname, "../../docs/stacks");
    const { config } = fieldsOf(load(readFileSync(join(folder, `Pulumi.${name}.yaml`), "utf8")));
    const keys = Object.entries(fieldsOf(config)).map(([key, value]) => [
      key.replace("kubernetes-worker-nodes:", ""),
      value,
    ]);
    const answered = without(testConfiguration(await selfSigned(true)), ["hosts", "binaries"]);
    const { raw, findings, labelOf } = withHostsOfFiles(
      { ...answered, ...(Object.fromEntries(keys) as object) },
      (path) => readFileSync(join(folder, path), "utf8"),
    );
    expect(findings).toEqual([]);
    const { settings, errors } = parseSettings(raw, { labelOf });
    expect(errors).toEqual([]);
    expect(hostsOf(settings).map((host) => [host.name, host.own?.kubeletConfiguration["maxPods"]])).toEqual(
      name === "staging"
        ? ["stage-1", "stage-2"].map((host) => [host, undefined])
        : [
            ...["01", "02", "03"].map((at) => [`node-${at}.rack-1.example`, undefined]),
            ["gpu-old", 30],
            ...["gpu-1", "gpu-2"].map((host) => [host, undefined]),
          ],
    );
  },
);
