import { scriptText } from "../../host/scriptText";
import { paths, renderCniConflistTemplate, verification, type VerificationArgs } from "../../render";
import { Sandbox, type ScriptResult } from "./sandbox";

/** The Service `kubernetes`, and other nodes, as the look is told of them. */
export const kubernetes = "10.1.0.1:443=10.0.0.10:6443";
export const twoPeers = "node-2=10.0.0.12:10250=10.2.1.1,node-3=10.0.0.13:10250=10.2.2.1";

/** The way that packets take from the host or from the probe, to an address, and what becomes of them; all others are good. */
export type Broken = Record<
  `${"host" | "pod"} ${"tcp" | "large" | "dns"} ${string}`,
  "silent" | "refused" | "unreachable"
>;

/** bash as connect calls it, and nsenter before it. */
export const bash = (broken: Broken): string => {
  const ends = {
    silent: "exit 124",
    refused: "echo 'bash: connect: Connection refused' >&2; exit 1",
    unreachable: "echo 'bash: connect: Network is unreachable' >&2; exit 1",
  };
  const cases = Object.entries(broken).map(([way, how]) => `'${way}') ${ends[how]} ;;`);
  return `case "\${from:-host} $4 $5" in ${cases.join("\n")} *) ;; esac`;
};

/** A plugin as the reference ones are: what it is told goes to /run/told, its answer has an address. */
const plugin = `#!/bin/sh
echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_NETNS $CNI_IFNAME $CNI_PATH" >>/run/plugin
cat >/run/told
[ "$CNI_COMMAND" = ADD ] || exit 0
[ ! -e /run/full ] || { echo '{ "cniVersion": "1.1.0", "code": 999, "msg": "no IP addresses available in range set" }'; exit 1; }
cat <<'END'
{
    "cniVersion": "1.1.0",
    "interfaces": [ { "name": "cni0", "mac": "be:ef:00:00:00:01" } ],
    "ips": [
        {
            "interface": 2,
            "address": "10.2.3.9/24",
            "gateway": "10.2.3.1"
        }
    ],
    "dns": {}
}
END
`;

const services = `table ip kube-proxy {
	map service-ips {
		elements = { 10.1.0.2 . udp . 53 : goto service-AAAAAAAA-kube-system/dns/udp/dns,
			     10.1.0.8 . tcp . 80 : goto service-BBBBBBBB-default/web/tcp/http,
			     10.1.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https }
	}
	chain service-AAAAAAAA-kube-system/dns/udp/dns {
		meta l4proto udp dnat to 10.2.0.9:53
	}
	chain service-BBBBBBBB-default/web/tcp/http {
		meta l4proto tcp dnat to 10.2.0.4:8080
	}
	chain service-2QRHZV4L-default/kubernetes/tcp/https {
		meta l4proto tcp dnat to 10.0.0.10:6443
	}
}
`;
const nodePorts = `	map service-nodeports {
		elements = { udp . 30081 : goto external-CCCCCCCC-default/dns/udp/,
			     tcp . 30080 : goto external-BBBBBBBB-default/web/tcp/http }
	}
`;
export const nft = `case "$*" in
'list table ip kube-proxy') cat <<'END'
${services}END
;;
'list map ip kube-proxy service-nodeports') cat <<'END'
${nodePorts}END
;;
esac`;

/** What is said where all come through. */
export const good = [
  "this host -> its pod 10.2.3.9: ok",
  "pod 10.2.3.9 -> its host 10.2.3.1: ok",
  "pod 10.2.3.9 -> the address of its node 10.0.0.11: ok",
  "pod 10.2.3.9 -> node-2's pods 10.2.1.1 (1400 bytes): ok",
  "pod 10.2.3.9 -> node-3's pods 10.2.2.1 (1400 bytes): ok",
  "this host -> Service kubernetes 10.1.0.1:443: ok",
  "pod 10.2.3.9 -> Service kubernetes 10.1.0.1:443: ok",
  "pod 10.2.3.9 -> cluster DNS 10.1.0.2:53: ok",
  "this host -> NodePort of default/web:http 10.0.0.11:30080: ok",
];

/** A host of a node whose units are well and whose packets all come through. */
export function packetsHost(): Sandbox {
  const conflist = renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" });
  return (
    new Sandbox()
      .clock({}, 10)
      .units("active")
      .command("curl")
      .command("date", "echo 2026-01-02T03:04:05Z")
      .command("nft", nft)
      // None is there, as on a minimal system.
      .without("ping")
      .command("unshare")
      .command("umount")
      .command("nsenter", 'shift; from=pod "$@"')
      .command("bash", bash({}))
      .file(paths.cniConflist, conflist.replace("{{index .PodCIDRRanges 0}}", "10.2.3.0/24"))
      .file(`${paths.cniBinDirectory}/bridge`, plugin, 0o755)
      .file("/proc/sys/net/ipv4/ip_forward", "1\n")
  );
}

export type LookArgs = [peers?: string, changes?: Partial<VerificationArgs>, seconds?: string];

/** Looks at the node of that host, as it is told of its cluster and of other nodes. */
export function lookWithPackets(
  host: Sandbox,
  shell: string,
  ...[peers = twoPeers, changes = {}, seconds = ""]: LookArgs
): ScriptResult {
  const args = { clusterCIDR: "10.2.0.0/16", clusterDNS: ["10.1.0.2"], ...changes };
  const script = verification({ kubeProxyMode: "nftables", cniMode: "bridge", ...args });
  const told = `set -- ${kubernetes} 10.2.3.0/24 10.0.0.11:10250 '${peers}' ${seconds}`;
  return host.run(`${told}\n${scriptText(script)}`, shell);
}
