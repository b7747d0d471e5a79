import type { Script } from "../base/script";

/** Takes kube-proxy's rules out of the kernel; after its unit stopped, while binary and configuration are still there. */
export function kubeProxyCleanup(): Script {
  return { file: "render/scripts/kubeProxyCleanup.sh", values: {} };
}

/** Ends what the kubelet started and removes what it wrote itself; after its unit stopped. */
export function kubeletCleanup(): Script {
  return { file: "render/scripts/kubeletCleanup.sh", values: {} };
}

/** Removes the pods' network of cniMode "bridge"; on removal, and when cniMode becomes another. */
export function cniCleanup(): Script {
  return { file: "render/scripts/cniCleanup.sh", values: {} };
}
