import { bundledText } from "../../host/scriptText";
import { Sandbox, shells } from "../support/sandbox";

const nftMap = `	map service-nodeports {
		elements = { udp . 30081 : goto external-CCCCCCCC-default/dns/udp/dns,
			     tcp . 30080 : goto external-BBBBBBBB-default/web/tcp/ }
	}
`;
const chain = `-N KUBE-NODEPORTS
-A KUBE-NODEPORTS -p udp -m comment --comment "default/dns:dns" -m udp --dport 30081 -j KUBE-EXT-C
-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport 30080 -j KUBE-EXT-B
-A KUBE-NODEPORTS -p tcp -m comment --comment default/plain -m tcp --dport 30082 -j KUBE-EXT-D
`;
/** Mode ipvs tells no names. */
const known = `TCP  10.1.0.8:80 rr
  -> 10.2.0.4:8080                Masq    1      0          0
TCP  10.0.0.110:30079 rr
TCP  10.0.0.11:30080 rr
  -> 10.2.0.4:8080                Masq    1      0          0
`;

describe.each(shells)("the first NodePort of TCP, under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox()
      .command("nft", `case "$*" in 'list map ip kube-proxy service-nodeports') cat <<'END'\n${nftMap}END\n ;; esac`)
      .command("iptables", `case "$*" in *'-S KUBE-NODEPORTS') cat <<'END'\n${chain}END\n ;; esac`);
  });
  afterEach(() => host.remove());

  const found = (mode: string): string => {
    const files = ["base/scripts/prelude.sh", "render/scripts/kubeProxyNodePorts.sh"];
    const ask = `kube_proxy_node_port ${mode} 10.0.0.11 <<'END'\n${known}END\n`;
    return host.run(files.map(bundledText).join("") + ask, shell).stdout;
  };

  test.each([
    ["nftables", "30080 default/web\n"],
    ["iptables", "30080 default/web:http\n"],
    ["ipvs", "30080 10.0.0.11:30080\n"],
  ])("is found in the rules of mode %s, with the name by which its backends are known", (mode, expected) => {
    expect(found(mode)).toBe(expected);
  });

  test.each(["nftables", "iptables"])("is none where the rules have none (%s)", (mode) => {
    host.command("nft", "exit 1").command("iptables", "exit 1");
    expect(found(mode)).toBe("");
  });
});
