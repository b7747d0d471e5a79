import { parseSettings } from "../../settings";
import { changed, errorsAfter, publicKeyLine, selfSigned, type KeyPair } from "./testConfiguration";

let ca: KeyPair;
beforeAll(async () => {
  ca = await selfSigned(true);
});

const rackHost = { name: "rack-1", address: "10.231.0.41", hostKey: publicKeyLine("ssh-ed25519", 41) };

describe("settings of flannel", () => {
  test.each<[string, unknown, string]>([
    ["flannelBackend", "udp", 'is not one of the known words; write "vxlan" or "host-gw"'],
    ["podNetworkMTU", 1279, "is not a whole number from 1280 to 65485"],
  ])("%s = %j is refused", (key, value, expected) => {
    expect(errorsAfter(ca, (c) => Object.assign(c, { [key]: value }))).toEqual([expect.stringContaining(expected)]);
  });

  test("asks for flannel's files with cniMode flannel, and for the archive of the plugins that it calls", () => {
    const errors = errorsAfter(ca, (c) => {
      Object.assign(c, { cniMode: "flannel" });
      delete c.binaries["amd64"]?.["cniPlugins"];
    });
    expect(errors).toEqual([
      expect.stringContaining('binaries.amd64.cniPlugins: (not set) is required with cniMode "flannel"'),
      expect.stringContaining('binaries.amd64.flanneld: (not set) is required with cniMode "flannel"'),
      expect.stringContaining('binaries.amd64.flannelCniPlugin: (not set) is required with cniMode "flannel"'),
    ]);
  });
});

describe("flannel's backend", () => {
  const sha256 = "a".repeat(64);
  const flannel = {
    cniMode: "flannel",
    binaries: {
      amd64: {
        ...Object.fromEntries(
          ["kubelet", "kubeProxy", "cniPlugins", "flanneld", "flannelCniPlugin"].map((key) => [key, { sha256 }]),
        ),
      },
    },
  };

  test("is one for all nodes, wherever it is said", () => {
    const rack = { flannelBackend: "host-gw", hosts: [rackHost] };
    const errors = errorsAfter(ca, (c) => Object.assign(c, { ...flannel, pools: { rack } }));
    expect(errors).toEqual([
      expect.stringContaining(
        'pools.rack.flannelBackend: "host-gw" is not that of other nodes ("vxlan"), and no packet would',
      ),
    ]);
  });

  test("of nodes whose network is another's does not count", () => {
    const rack = { flannelBackend: "host-gw", cniMode: "none", hosts: [rackHost] };
    const { settings, errors } = parseSettings(changed(ca, (c) => Object.assign(c, { ...flannel, pools: { rack } })));
    expect(errors).toEqual([]);
    expect(settings?.pools[1]?.node).toMatchObject({ cniMode: "none", flannelBackend: "host-gw" });
  });
});
