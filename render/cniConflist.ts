import type { KubeProxyMode } from "./types";

/** Name of the pods' network; the reference plugins keep their state under it. */
export const cniNetworkName = "kubernetes-worker-nodes";

/** The bridge all pods of a node are plugged into. */
export const cniBridge = "cni0";

/** Where host-local notes which pod has which address: gone after a reboot, as the pods are. */
export const cniAddressDirectory = "/run/cni/networks";

/** The plugins that the network is made of; of the release archive no others are installed. */
export const cniPlugins = ["bridge", "host-local", "loopback", "portmap"] as const;

export interface CniConflistArgs {
  /** Ranges a Node gets: 1, or 2 for dual-stack. */
  ipFamilies: number;
  /** Host ports are programmed with the tool that kube-proxy needs too. */
  kubeProxyMode: KubeProxyMode;
  /** MTU of the pods' interfaces, bytes. @default the kernel's choice, 1500 on most hosts */
  mtu?: number;
  /** Lets a pod reach itself through its own Service. @default true */
  hairpinMode?: boolean;
}

/**
 * CNI configuration of the reference plugins bridge and portmap, as the template from which containerd makes
 * paths.cniConflist when the kubelet tells it the Node's podCIDR: nothing has to be configured after registration.
 *
 * @see https://www.cni.dev/plugins/current/main/bridge/
 * @see https://github.com/containerd/containerd/blob/main/docs/cri/config.md#cni-config-template
 * @example renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" })
 */
export function renderCniConflistTemplate(args: CniConflistArgs): string {
  if (args.ipFamilies !== 1 && args.ipFamilies !== 2) {
    throw new Error(`ipFamilies is ${args.ipFamilies}: a Node has one range, or two for dual-stack`);
  }
  const ranges = Array.from({ length: args.ipFamilies }, (_, index) => [
    { subnet: `{{index .PodCIDRRanges ${index}}}` },
  ]);
  const bridge = {
    type: "bridge",
    bridge: cniBridge,
    isDefaultGateway: true,
    // A Node that was deleted and registered again may get another range.
    forceAddress: true,
    hairpinMode: args.hairpinMode ?? true,
    // See masquerade.ts: the plugin would hide pods' addresses from pods of other nodes.
    ipMasq: false,
    ...(args.mtu === undefined ? {} : { mtu: args.mtu }),
    ipam: { type: "host-local", dataDir: cniAddressDirectory, ranges },
  };
  const portmap = {
    type: "portmap",
    capabilities: { portMappings: true },
    backend: args.kubeProxyMode === "nftables" || args.kubeProxyMode === "none" ? "nftables" : "iptables",
  };
  // From 1.1.0 on containerd asks the plugins for their STATUS: without them the Node does not claim to be Ready.
  const conflist = { cniVersion: "1.1.0", name: cniNetworkName, plugins: [bridge, portmap] };
  return JSON.stringify(conflist, null, 2) + "\n";
}
