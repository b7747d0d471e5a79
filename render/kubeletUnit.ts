import { paths } from "./paths";
import { renderSystemdUnit, systemdCommand } from "./systemdUnit";

export interface KubeletUnitArgs {
  /** Path of the binary. @example "/opt/kubernetes/bin/1.37.2-0a1b2c3d4e5f/kubelet" */
  program: string;
  /** Name the Node registers under; kube-proxy's hostnameOverride must be the same. */
  nodeName: string;
  /** Address(es) the Node reports, "10.0.0.11" or "10.0.0.11,fd00::11". @default the one of the default route */
  nodeIP?: string;
  /** klog verbosity. @default 2 */
  verbosity?: number;
  /** Load {@link paths.masqueradeRules} before the kubelet starts; for CNI `bridge` and `flannel`. @default false */
  masquerade?: boolean;
}

/**
 * /etc/systemd/system/kubelet.service. Only what has no field in KubeletConfiguration is a flag. Labels and taints are not
 * among them: the kubelet may not set most of them, and would do so at its first registration only.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
 * @example renderKubeletUnit({ program: "/opt/kubernetes/bin/1.37.2-0a1b2c3d4e5f/kubelet", nodeName: "worker-1", masquerade: true })
 */
export function renderKubeletUnit(args: KubeletUnitArgs): string {
  return renderSystemdUnit({
    Unit: {
      Description: "kubelet: The Kubernetes Node Agent",
      Documentation: "https://kubernetes.io/docs/",
      Wants: "network-online.target containerd.service",
      // The firewalls only if they are there: both start by dropping every rule, the masquerade rules too.
      After: ["network-online.target containerd.service", "nftables.service firewalld.service"],
      // Either may be a mount of its own.
      RequiresMountsFor: [paths.kubeletDirectory, paths.binDirectory],
      // A kubelet waits for its API server and its certificate as long as it takes; systemd must not give up first.
      StartLimitIntervalSec: 0,
    },
    Service: {
      // The kubelet reports readiness once its runtime answers and its loops run, before it has met an API server.
      Type: "notify",
      ExecStartPre: args.masquerade === true ? `/usr/bin/env nft -f ${paths.masqueradeRules}` : undefined,
      ExecStart: systemdCommand(args.program, kubeletFlags(args)),
      Restart: "always",
      RestartSec: 5,
      // systemd's default KillMode is right: containers live below kubepods.slice and their shims below containerd.
      // Without accounting the kubelet cannot report its own usage.
      CPUAccounting: true,
      MemoryAccounting: true,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

function kubeletFlags(args: KubeletUnitArgs): string[] {
  return [
    `--config=${paths.kubeletConfiguration}`,
    `--bootstrap-kubeconfig=${paths.bootstrapKubeconfig}`,
    `--kubeconfig=${paths.kubeletKubeconfig}`,
    `--cert-dir=${paths.kubeletCertDirectory}`,
    // A host's name is what its owner made it; the Node's name is what the program says.
    `--hostname-override=${args.nodeName.toLowerCase()}`,
    ...(args.nodeIP === undefined ? [] : [`--node-ip=${args.nodeIP}`]),
    `--v=${args.verbosity ?? 2}`,
  ];
}
