import { z } from "zod";
import { cniModes, defaultFlannelBackend, defaultKubeProxyMode, flannelBackends, kubeProxyModes } from "../modes";
import { described } from "./described";
import { isPlainObject } from "./finding";
import * as name from "./nameRules";
import { choice, integer, isMissing, judged, text, type Report } from "./values";

/** An object of JSON values. Read by hand, because zod drops a key such as "__proto__" without a word. */
export const overrides = judged({ type: "object" }, (value, report): Record<string, z.core.util.JSONType> => {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject) {
    reportNoJson(value, [], report);
  } else {
    report("is not an object; write fields by upstream's names");
  }
  return (isObject ? value : {}) as Record<string, z.core.util.JSONType>;
});

function reportNoJson(value: unknown, below: (string | number)[], report: Report): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => reportNoJson(item, [...below, index], report));
  } else if (typeof value === "object" && value !== null) {
    if (!isPlainObject(value))
      report("is not a value of JSON; write text, a number, true, false, a list or an object", below, true);
    else
      Object.entries(value).forEach(([key, item]) => item !== undefined && reportNoJson(item, [...below, key], report));
  } else if (!["string", "boolean"].includes(typeof value) && value !== null && !Number.isFinite(value)) {
    report("is not a value of JSON; write text, a number, true, false, a list or an object", below);
  }
}

/** How nodes are made. A key that is added here is a setting, an argument of the components and a row of docs/settings.md. */
export const nodeFields = {
  kubeProxyMode: described(
    "How kube-proxy programs Services, `nftables` (no NodePorts at 127.0.0.1), `iptables` or `ipvs` (deprecated); `none` where another " +
      "system does. See below.",
    choice(kubeProxyModes).default(defaultKubeProxyMode),
  ),
  kubeProxyConfiguration: described(
    "Fields laid over our KubeProxyConfiguration, by upstream's names. See below.",
    overrides.default({}),
  ),
  kubeletConfiguration: described(
    "Fields laid over our KubeletConfiguration, by upstream's names. See below.",
    overrides.default({}),
  ),
  cniMode: described(
    "Who makes the pod network, `bridge` (the bridge plugin, on each Node's own range; the network routes the ranges), `flannel` (the " +
      "same, and flannel brings packets to the other nodes) or `none` (another system brings it).",
    choice(cniModes).default("bridge"),
  ),
  flannelBackend: described(
    "How flannel brings packets to another node, `vxlan` (in UDP, port 8472 between all nodes) or `host-gw` (routes by the hosts, which " +
      "are all on one network). One for all nodes.",
    choice(flannelBackends).default(defaultFlannelBackend),
  ),
  podNetworkMTU: described(
    "MTU of the pods' interfaces with `cniMode` `bridge` or `flannel`, 1280 to 65485. With `vxlan` the network has to carry 50 bytes more.",
    integer(1280, 65485).optional(),
    { unset: "1500 with `bridge`, that of the host's interface with `host-gw`, 50 less with `vxlan`" },
  ),
  containerdConfiguration: described(
    "Tables laid over our drop-in of containerd's configuration (version 3, containerd 2.x).",
    overrides.default({}),
  ),
  sandboxImage: described("Image of the pods' sandbox container.", text("", name.imageFault).optional(), {
    unset: "containerd's own",
  }),
  nodeReadyTimeoutSeconds: described(
    "Seconds to wait for a Node to be Ready, 1 to 86400.",
    integer(1, 86400).default(300),
  ),
  drainTimeoutSeconds: described(
    "Seconds to wait for a Node to drain before it is deleted, 0 to 86400; 0 deletes it without draining.",
    integer(0, 86400).default(120),
  ),
};

/** Where a binary comes from. */
export const binaryFields = {
  source: described(
    "An https URL that the host fetches, or the path of a file on the machine that runs Pulumi, relative to the project's folder.",
    text("", name.binarySourceFault).optional(),
    { unset: "the official release" },
  ),
  sha256: described(
    "SHA-256 of the file, 64 hexadecimal digits; nothing else is ever put in place.",
    text("write the file's checksum", name.sha256Fault).toLowerCase(),
  ),
};

const binary = z.object(binaryFields, {
  error: (issue) =>
    isMissing(issue)
      ? "is required; write an object with sha256"
      : "is not an object; write sha256 and, unless it is the official one, source",
});

/** The files of one architecture. */
export const archBinaries = z.object(
  {
    kubelet: described("kubelet.", binary),
    kubeProxy: described("kube-proxy; required unless `kubeProxyMode` is `none`.", binary.optional()),
    cniPlugins: described(
      "The containernetworking/plugins release archive (.tgz); required unless `cniMode` is `none`.",
      binary.optional(),
    ),
    flanneld: described("flannel's daemon; required with `cniMode` `flannel`.", binary.optional()),
    flannelCniPlugin: described(
      "flannel's CNI plugin, the program itself; required with `cniMode` `flannel`.",
      binary.optional(),
    ),
  },
  { error: "is not an object; write kubelet, kubeProxy and cniPlugins" },
);

/** The files by architecture. */
export const binaries = z.object(
  {
    amd64: described("Files for hosts of `amd64`.", archBinaries.optional()),
    arm64: described("Files for hosts of `arm64`.", archBinaries.optional()),
  },
  { error: "is not an object; write an entry for each architecture, e.g. amd64" },
);
