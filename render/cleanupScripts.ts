import type { Script } from "../base/script";
import type { FlannelBackend, ProxyMode } from "./types";

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

/** Takes flanneld's interfaces, routes and what it wrote away; after its unit stopped. */
export function flannelCleanup(): Script {
  return { file: "render/scripts/flannelCleanup.sh", values: {} };
}

/** Takes away what flanneld has left of the other backend; once it works with this one. */
export function flannelTidy({ backend }: { backend: FlannelBackend }): Script {
  return { file: "render/scripts/flannelTidy.sh", values: { backend } };
}

/** Removes the pods' network of cniMode "bridge" and "flannel"; on removal, and when cniMode becomes "none". */
export function cniCleanup(): Script {
  return { file: "render/scripts/cniCleanup.sh", values: {} };
}
