import { parseSettings } from "../../settings";
import {
  hostsOf,
  errorsAfter,
  kubeconfig,
  publicKeyLine,
  selfSigned,
  testConfiguration,
  type KeyPair,
} from "./testConfiguration";

let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

describe("a valid configuration", () => {
  it("gets the documented defaults", () => {
    const { settings } = parseSettings(testConfiguration(ca));
    expect(settings).toMatchObject({
      clusterName: "kubernetes",
      clusterDomain: "cluster.local",
    });
    expect(settings?.pools).toHaveLength(1);
    expect(settings?.pools[0]?.name).toBe("pool");
    expect(settings?.pools[0]?.node).toMatchObject({
      kubernetesVersion: "1.37.2",
      kubeProxyMode: "nftables",
      kubeProxyConfiguration: {},
      kubeletConfiguration: {},
      cniMode: "bridge",
      containerdConfiguration: {},
      nodeReadyTimeoutSeconds: 300,
      drainTimeoutSeconds: 120,
    });
    expect(hostsOf(settings)[0]).toEqual({
      name: "node-1",
      address: "10.231.0.11",
      hostKey: publicKeyLine("ssh-ed25519", 1),
      ssh: { port: 22, user: "root", privateKey: expect.stringContaining("PRIVATE KEY") as string },
      arch: "amd64",
      labels: {},
      taints: [],
      adopt: false,
      lost: false,
    });
    expect(settings?.pools[0]?.node.sandboxImage).toBeUndefined();
  });

  it("keeps the secrets apart from the rest", () => {
    const { settings } = parseSettings(testConfiguration(ca));
    expect(settings?.secrets).toMatchObject({
      kubeconfig,
      bootstrapToken: "abcdef.0123456789abcdef",
      caPrivateKeyPem: ca.keyPem,
    });
    const shown = JSON.stringify({ ...settings, secrets: undefined }, (key, value: unknown) =>
      key === "privateKey" ? undefined : value,
    );
    expect(shown).not.toMatch(/PRIVATE KEY|0123456789abcdef|not-shown-anywhere/);
  });

  it("is normalised: node names and checksums in lower case, no key comment, no trailing slash, taints parsed, digits as numbers", () => {
    const configuration = testConfiguration(ca);
    configuration.hosts[0] = {
      name: "Node-1.Example",
      address: "node-1.example",
      hostKey: `${publicKeyLine("ecdsa-sha2-nistp256", 3, 100)} root@node-1`,
      taints: ["dedicated=build:NoSchedule", "example.com/gpu:NoExecute"],
      nodeIP: "10.231.0.11,fd00::11",
      port: "2222",
    };
    const { settings, errors } = parseSettings({
      ...configuration,
      apiServerEndpoint: "https://10.231.0.1:6443/",
      sshPort: "2200",
      sshUser: "admin",
    });
    expect(errors).toEqual([]);
    expect(settings?.apiServerEndpoint).toBe("https://10.231.0.1:6443");
    expect(settings?.pools[0]?.node.binaries.amd64?.cniPlugins?.sha256).toBe("c".repeat(64));
    expect(hostsOf(settings)).toMatchObject([
      {
        name: "node-1.example",
        hostKey: publicKeyLine("ecdsa-sha2-nistp256", 3, 100),
        taints: [
          { key: "dedicated", value: "build", effect: "NoSchedule" },
          { key: "example.com/gpu", effect: "NoExecute" },
        ],
        ssh: { port: 2222, user: "admin" },
      },
      { name: "node-2", ssh: { port: 2200, user: "admin" } },
    ]);
  });

  it("may have empty values, which count as not set", () => {
    expect(
      errorsAfter(ca, (c) =>
        Object.assign(c, { sshPassword: "", sandboxImage: "", clusterDomain: "", kubernetesVersion: "" }),
      ),
    ).toEqual([]);
  });

  it.each(["10.2.0.0/16,fd00:10:2::/48", "fd00:10:2::/48"])("may have the pods' range %s", (clusterCIDR) => {
    expect(errorsAfter(ca, (c) => Object.assign(c, { clusterCIDR }))).toEqual([]);
  });

  it("may have two hosts at one address with different SSH ports", () => {
    expect(errorsAfter(ca, (c) => Object.assign(c.hosts[1] ?? {}, { address: "10.231.0.11", port: 2222 }))).toEqual([]);
  });

  it("needs no CNI plugins where another system makes the pod network", () => {
    expect(
      errorsAfter(ca, (c) => {
        c["cniMode"] = "none";
        delete c.binaries["amd64"]?.["cniPlugins"];
      }),
    ).toEqual([]);
  });
});

describe("everything wrong is listed at once", () => {
  it("for an empty configuration: each missing key with what to write, secrets with the command that sets them", () => {
    const { settings, errors } = parseSettings({});
    expect(settings).toBeUndefined();
    expect(errors.every(({ value, rule, fix }) => value === "(not set)" && rule === "is required" && fix !== "")).toBe(
      true,
    );
    expect(errors.map(({ path }) => path)).toEqual([
      "apiServerEndpoint",
      "caCertPem",
      "clusterCIDR",
      "clusterDNS",
      "kubeconfig",
      "caPrivateKeyPem",
      "bootstrapToken",
      "hosts",
    ]);
    expect(errors.find(({ path }) => path === "bootstrapToken")?.fix).toBe(
      "set it: pulumi config set --secret kubernetes-worker-nodes:bootstrapToken",
    );
  });

  it("in the order in which the keys are documented", () => {
    const errors = errorsAfter(ca, (c) =>
      Object.assign(c, { kubeletConfiguration: { x: 1 }, sshPort: 0, clusterDNS: ["10.2.0.2"] }),
    );
    expect(errors.map((error) => error.split(":")[0])).toEqual(["clusterDNS[0]", "sshPort", "kubeletConfiguration.x"]);
    const cross = errorsAfter(ca, (c) =>
      Object.assign(c, { sshPrivateKeyPassword: "x", sshPrivateKey: "", cniMode: "x" }),
    );
    expect(cross.map((error) => error.split(":")[0])).toEqual(["sshPrivateKeyPassword", "cniMode"]);
  });

  it("for a typo, an unknown key, a bad CIDR, a duplicate name and address, a missing secret and wrong overrides together", () => {
    const configuration = testConfiguration(ca);
    configuration.hosts.push({
      name: "NODE-1",
      adress: "x",
      address: "10.231.0.12",
      hostKey: publicKeyLine("ssh-ed25519", 3),
    });
    const { errors } = parseSettings({
      ...configuration,
      kubeProxyMod: "iptables",
      clusterCIDR: "10.2.0.0/33",
      bootstrapToken: "",
      kubeletConfiguration: { maxPod: 50 },
    });
    expect(errors.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      "kubeProxyMod is not a known key",
      "hosts[2].adress is not a known key",
      "clusterCIDR is not a CIDR",
      "bootstrapToken is required",
      "hosts[2].name is that of hosts[0] too",
      "hosts[2].address is that of hosts[1] too",
      expect.stringMatching(/^kubeletConfiguration\.maxPod /),
    ]);
    expect(errors[0]?.fix).toBe('did you mean "kubeProxyMode"?');
    expect(errors[1]?.fix).toBe('did you mean "address"?');
  });
});
