import type { Script } from "../base/script";
import { proxyStatus } from "./apiServerProxy";
import { cniPlugins } from "./cniConflist";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { ranges } from "./masquerade";
import type { CniMode, FlannelBackend, JsonObject, ProxyMode } from "./types";

/*
 * Scripts that look for drift where comparing files does not see it, and only read. They print one line each:
 * "fault|TEXT" for what is ours and the service's next change repairs, "foreign|TEXT" for what is not ours and only told.
 */

export interface KubeletLookArgs {
  cniMode: CniMode;
  /** URL of the API server. */
  server: string;
  /** SHA-256 of each CA certificate, as certificateDigests has them; none: not checked. */
  caSha256: readonly string[];
  /** Range(s) of all pods. @example "10.2.0.0/16,fd00:2::/48" */
  clusterCIDR: string;
  /** KubeletConfiguration overrides: they decide whether swap matters. @default {} */
  overrides?: JsonObject;
}

/** The kubelet: its kubeconfig and certificate, unit, static pods, masquerade rules, the conflist that is gone, swap. */
export function kubeletLook(args: KubeletLookArgs): Script {
  return {
    file: "render/scripts/kubeletLook.sh",
    values: {
      server: args.server,
      ca_sha256: args.caSha256,
      cluster_cidr: ranges(args.clusterCIDR),
      bridge: args.cniMode !== "none",
      fail_swap_on: kubeletHostFacts(args.overrides).failSwapOn,
    },
  };
}

/** kube-proxy: its unit, and its rules in the kernel. */
export function kubeProxyLook({ mode }: { mode: ProxyMode }): Script {
  return { file: "render/scripts/kubeProxyLook.sh", values: { mode } };
}

/** flanneld: its unit, what it writes for its plugin, and its interface and routes. */
export function flannelLook({ backend }: { backend: FlannelBackend }): Script {
  return { file: "render/scripts/flannelLook.sh", values: { backend } };
}

/** The proxy to the API servers: its unit, what it runs with, and which of them are not alive. */
export function apiServerProxyLook(): Script {
  return { file: "render/scripts/apiServerProxyLook.sh", values: { status: proxyStatus } };
}

/** containerd: its version, unit and imports, files of others beside ours, a conflist that was changed. */
export function containerdLook({ cniMode }: { cniMode: CniMode }): Script {
  return {
    file: "render/scripts/containerdLook.sh",
    values: { bridge: cniMode !== "none", cni_plugins: [...cniPlugins, ...(cniMode === "flannel" ? ["flannel"] : [])] },
  };
}

export interface KubeletAdjustArgs {
  /** URL of the API server. */
  server: string;
}

/**
 * Brings the kubeconfig that the kubelet wrote itself to what the settings say, its CA to the file that the kubelet has of it, and
 * takes its client certificate away where that is of a CA that was taken out of them; prints "changed|PATH" for each.
 * To run when the service's files are in place, before it is decided whether the kubelet restarts.
 */
export function kubeletAdjust({ server }: KubeletAdjustArgs): Script {
  return { file: "render/scripts/kubeletAdjust.sh", values: { server } };
}
