import { paths } from "./paths";
import { renderSystemdUnit, systemdCommand } from "./systemdUnit";

export interface KubeProxyUnitArgs {
  /** Path of the binary. @example "/opt/kubernetes/bin/1.37.2-0a1b2c3d4e5f/kube-proxy" */
  program: string;
  /** klog verbosity. @default 2 */
  verbosity?: number;
}

/**
 * /etc/systemd/system/kube-proxy.service. Everything but the verbosity is in the configuration file: next to --config
 * kube-proxy ignores most flags.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
 */
export function renderKubeProxyUnit(args: KubeProxyUnitArgs): string {
  return renderSystemdUnit({
    Unit: {
      Description: "kube-proxy: The Kubernetes Network Proxy",
      Documentation: "https://kubernetes.io/docs/",
      Wants: "network-online.target",
      // The firewalls only if they are there: both start by dropping every rule, kube-proxy's too.
      After: ["network-online.target", "nftables.service firewalld.service"],
      RequiresMountsFor: paths.binDirectory,
      // Also exits when its configuration file is written, so "too many restarts" must never stop it for good.
      StartLimitIntervalSec: 0,
    },
    Service: {
      ExecStart: systemdCommand(args.program, [
        `--config=${paths.kubeProxyConfiguration}`,
        `--v=${args.verbosity ?? 2}`,
      ]),
      Restart: "always",
      RestartSec: 5,
      // One listener per Service that has a health check port.
      LimitNOFILE: 65536,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
