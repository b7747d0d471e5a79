import { ranges } from "./masquerade";
import { paths } from "./paths";
import { renderSystemdUnit, systemdCommand } from "./systemdUnit";

/** Where flanneld serves /readyz: the host itself only, on a port that nothing else of Kubernetes has. */
export const flannelHealthz = "127.0.0.1:10261";

export interface FlannelUnitArgs {
  /** Path of the binary. @example "/opt/kubernetes/bin/flannel-0a1b2c3d4e5f/flanneld" */
  program: string;
  /** Name of the Node, which has the range. */
  nodeName: string;
  /** Range(s) of all pods: of each family in it there is an address of the host. */
  clusterCIDR: string;
  /** Address(es) the Node reports. @default those of the interface with the default route */
  nodeIP?: string;
  /** klog verbosity. @default 2 */
  verbosity?: number;
}

/**
 * /etc/systemd/system/flanneld.service: flannel's daemon, which gets the Node's range from its podCIDR and writes on the Node how the host
 * is reached.
 *
 * @see https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md#command-line-options
 */
export function renderFlannelUnit(args: FlannelUnitArgs): string {
  const [ip = "", port = ""] = flannelHealthz.split(":");
  return renderSystemdUnit({
    Unit: {
      Description: "flanneld: Network Between the Pods of All Nodes",
      Documentation: "https://github.com/flannel-io/flannel",
      Wants: "network-online.target",
      After: "network-online.target kubelet.service",
      // A kubelet that is started again may register a Node anew, with another range, which flanneld asks for when it starts.
      PartOf: "kubelet.service",
      RequiresMountsFor: paths.binDirectory,
      // It ends where there is no Node yet.
      StartLimitIntervalSec: 0,
    },
    Service: {
      Environment: `NODE_NAME=${args.nodeName.toLowerCase()}`,
      ExecStart: systemdCommand(args.program, [
        "--kube-subnet-mgr",
        `--kubeconfig-file=${paths.flannelKubeconfig}`,
        `--net-config-path=${paths.flannelNetConf}`,
        ...interfaceFlags(args),
        // See masquerade.ts. Forwarding is as the host has it, as with bridge; and so flanneld needs no iptables.
        "--ip-masq=false",
        "--iptables-forward-rules=false",
        `--healthz-ip=${ip}`,
        `--healthz-port=${port}`,
        `--v=${args.verbosity ?? 2}`,
      ]),
      Restart: "always",
      RestartSec: 10,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

/** The interface by the Node's own address, so that packets go the way that the Node is known by. */
function interfaceFlags({ nodeIP = "", clusterCIDR }: FlannelUnitArgs): string[] {
  const families = ranges(clusterCIDR).map(isIPv6);
  const known = nodeIP.split(",").filter((ip) => families.includes(isIPv6(ip)) && !/^(0\.0\.0\.0|::)?$/.test(ip));
  const ipv6 = known.find(isIPv6);
  const first = known.find((ip) => !isIPv6(ip)) ?? ipv6;
  return [
    ...(first === undefined ? [] : [`--iface=${first}`]),
    ...(ipv6 === undefined ? [] : [`--public-ipv6=${ipv6}`]),
  ];
}

function isIPv6(address: string): boolean {
  return address.includes(":");
}
