import { generatedSettings } from "../../../lab/pulumi/labSettings";
import { layoutOf } from "../../../lab/plan/layout";
import { completeOptions } from "../../../lab/plan/options";
import { overlay } from "../../../lab/pulumi/overlay";

const ns = "kubernetes-worker-nodes";

describe("generated over committed settings", () => {
  test("maps are merged key by key, lists and scalars replaced", () => {
    const committed = { a: { x: 1, deep: { kept: true, y: 1 } }, list: [1, 2], scalar: 1, only: "committed" };
    expect(overlay(committed, { a: { deep: { y: 2 } }, list: [3], scalar: 2 })).toEqual({
      a: { x: 1, deep: { kept: true, y: 2 } },
      list: [3],
      scalar: 2,
      only: "committed",
    });
  });

  test("a committed host keeps its labels; hosts that the lab has not are left out", () => {
    const committed = {
      [`${ns}:hosts`]: [
        { name: "node-1", address: "192.0.2.1", labels: { pool: "a" } },
        { name: "node-9", address: "192.0.2.9" },
      ],
    };
    const generated = { [`${ns}:hosts`]: [{ name: "node-1", address: "10.231.0.11" }, { name: "node-2" }] };
    expect(overlay(committed, generated)).toEqual({
      [`${ns}:hosts`]: [{ name: "node-1", address: "10.231.0.11", labels: { pool: "a" } }, { name: "node-2" }],
    });
  });
});

describe("settings of container hosts", () => {
  const options = completeOptions({});
  const layout = layoutOf(options, "/tree");
  const credentials = {
    ca: { certificate: "CA", privateKey: "" },
    trustedCas: "CA",
    kubeconfig: "",
    bootstrapToken: "",
  };
  const keys = {
    privateKey: "",
    publicKey: "",
    hostKeys: { "node-1": "ssh-ed25519 ONE", "node-2": "ssh-ed25519 TWO" },
  };
  const file = (name: string) => ({ path: `/cache/${name}`, sha256: name });
  const binaries = {
    kubelet: file("kubelet"),
    "kube-proxy": file("kube-proxy"),
    "cni-plugins-linux-arm64-v1.9.1.tgz": file("cni"),
  };

  test("what the machine allows is not forbidden to the hosts", () => {
    const traits = { canLowerOomScore: true, cgroupVersion: 2 as const };
    const settings = generatedSettings(options, layout, credentials, keys, binaries, "amd64", traits);
    expect(Object.keys(settings)).not.toContain(`${ns}:kubeletConfiguration`);
    expect(Object.keys(settings)).not.toContain(`${ns}:containerdConfiguration`);
  });

  test("cgroup v1 and a root without CAP_SYS_RESOURCE are told to kubelet and containerd", () => {
    const traits = { canLowerOomScore: false, cgroupVersion: 1 as const };
    expect(generatedSettings(options, layout, credentials, keys, binaries, "amd64", traits)).toMatchObject({
      [`${ns}:kubeletConfiguration`]: { failCgroupV1: false },
      [`${ns}:containerdConfiguration`]: {
        plugins: { "io.containerd.cri.v1.runtime": { restrict_oom_score_adj: true } },
      },
    });
  });

  test("binaries and hosts are those of this machine's architecture", () => {
    const traits = { canLowerOomScore: true, cgroupVersion: 2 as const };
    expect(generatedSettings(options, layout, credentials, keys, binaries, "arm64", traits)).toMatchObject({
      [`${ns}:binaries`]: { arm64: { cniPlugins: { source: "/cache/cni", sha256: "cni" } } },
      [`${ns}:hosts`]: [{ name: "node-1", hostKey: "ssh-ed25519 ONE", arch: "arm64" }, { arch: "arm64" }],
    });
  });
});
