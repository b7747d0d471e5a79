import type { KubeProxyMode } from "./types";

/** Name of the pods' network; the reference plugins keep their state under it. */
export const cniNetworkName = "kubernetes-worker-nodes";

/** The bridge all pods of a node are plugged into. */
export const cniBridge = "cni0";

/** Where host-local notes which pod has which address: gone after a reboot, as the pods are. */
export const cniAddressDirectory = "/run/cni/networks";

/** Where flannel's plugin notes what it has had the bridge plugin do for which pod; likewise gone after a reboot. */
export const cniDelegateDirectory = "/run/cni/flannel";

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
    ...bridgeFields(args),
    ipam: { type: "host-local", dataDir: cniAddressDirectory, ranges },
  };
  // From 1.1.0 on containerd asks the plugins for their STATUS: without them the Node does not claim to be Ready.
  return conflist("1.1.0", bridge, args);
}

/**
 * The same with flannel's plugin, which has the bridge plugin do the work with the ranges and the MTU that flanneld tells it in
 * paths.flannelSubnets. It is the hand-made procedure's file with what was missing; there is nothing in it for containerd to fill in.
 *
 * @see https://github.com/flannel-io/cni-plugin#readme
 * @example renderFlannelConflist({ kubeProxyMode: "nftables" })
 */
export function renderFlannelConflist(args: Omit<CniConflistArgs, "ipFamilies">): string {
  const flannel = {
    type: "flannel",
    dataDir: cniDelegateDirectory,
    ipam: { type: "host-local", dataDir: cniAddressDirectory },
    delegate: bridgeFields(args),
  };
  // The newest that all releases of the plugin know, also the last one among the reference plugins.
  return conflist("0.4.0", flannel, args);
}

/** What the bridge plugin is told, whoever calls it. */
function bridgeFields({ mtu, hairpinMode = true }: Omit<CniConflistArgs, "ipFamilies">) {
  return {
    bridge: cniBridge,
    isDefaultGateway: true,
    // A Node that was deleted and registered again may get another range.
    forceAddress: true,
    hairpinMode,
    // See masquerade.ts: the plugin would hide pods' addresses from pods of other nodes. flannel's would have it do so unless told not to.
    ipMasq: false,
    ...(mtu === undefined ? {} : { mtu }),
  };
}

function conflist(
  cniVersion: string,
  plugin: Record<string, unknown>,
  { kubeProxyMode }: Pick<CniConflistArgs, "kubeProxyMode">,
): string {
  const portmap = {
    type: "portmap",
    capabilities: { portMappings: true },
    backend: kubeProxyMode === "nftables" || kubeProxyMode === "none" ? "nftables" : "iptables",
  };
  return JSON.stringify({ cniVersion, name: cniNetworkName, plugins: [plugin, portmap] }, null, 2) + "\n";
}
