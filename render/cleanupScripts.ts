import type { Script } from "../base/script";
import type { ProxyMode } from "./types";

/** Takes kube-proxy's rules out of the kernel, of whatever mode; after its unit stopped. */
export function kubeProxyCleanup(): Script {
  return { file: "render/scripts/kubeProxyCleanup.sh", values: {} };
}

/** Takes away what kube-proxy has left of modes that it ran in before; once it works in this one. */
export function kubeProxyTidy({ mode }: { mode: ProxyMode }): Script {
  return { file: "render/scripts/kubeProxyTidy.sh", values: { mode } };
}

/** Ends what the kubelet started and removes what it wrote itself; after its unit stopped. */
export function kubeletCleanup(): Script {
  return { file: "render/scripts/kubeletCleanup.sh", values: {} };
}

/** Takes away the ranges of a Node that is gone, which the next one has not; before the kubelet starts. */
export function forgetRanges(): Script {
  return { file: "render/scripts/forgetRanges.sh", values: {} };
}

/** Removes the pods' network of cniMode "bridge"; on removal, and when cniMode becomes another. */
export function cniCleanup(): Script {
  return { file: "render/scripts/cniCleanup.sh", values: {} };
}
