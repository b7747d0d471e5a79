import { kubeletHealthScript, kubeProxyHealthScript, paths, preflightScript, verificationScript } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

const marker = "/run/marker";
/** Each would leave the marker where a shell took it for its own text. */
const hostile = [
  `$(echo >${marker})`,
  `\`echo >${marker}\``,
  `"; echo >${marker}; "`,
  `'; echo >${marker}; '`,
  `\n echo >${marker}\n`,
  `\${x:-$(echo >${marker})}`,
];

/** Every script with every text of the user that it is made from. */
const scripts: Record<string, (value: string) => string> = {
  "health of the kubelet": (value) =>
    kubeletHealthScript({ overrides: { healthzBindAddress: value }, timeoutSeconds: 0 }),
  "health of kube-proxy, its healthz": (value) =>
    kubeProxyHealthScript({ mode: "nftables", overrides: { healthzBindAddress: value }, timeoutSeconds: 0 }),
  "health of kube-proxy, its metrics": (value) =>
    kubeProxyHealthScript({ mode: "nftables", overrides: { metricsBindAddress: value }, timeoutSeconds: 0 }),
  preflight: (value) =>
    preflightScript({
      kubernetesVersion: "1.37.2",
      arch: "amd64",
      kubeProxyMode: "nftables",
      cniMode: "bridge",
      kubeletConfiguration: { resolvConf: value },
      commands: [value],
    }),
  verification: (value) =>
    verificationScript({
      kubeProxyMode: "iptables",
      cniMode: "bridge",
      kubeletConfiguration: { healthzBindAddress: value },
      kubeProxyConfiguration: { healthzBindAddress: value },
      podCIDRs: [value],
    }),
};

describe.each(shells)("values that are shell text, under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox()
      .command("systemctl", "case $1 in is-active) echo active ;; show) echo NRestarts=0 ;; esac")
      .command("id", "echo 0")
      .command("uname", "echo Linux")
      .command("df", "echo")
      .command("iptables")
      .file(paths.cniConflist, '{ "name": "kubernetes-worker-nodes" }\n')
      // The first URL is answered, so that what comes after it runs too.
      .command("curl", 'case "$*" in */proxyMode) exit 22 ;; *10256/livez) ;; *) exit 22 ;; esac');
  });
  afterEach(() => host.remove());

  test.each(Object.entries(scripts))("do nothing in %s", (_script, render) => {
    for (const value of hostile) {
      host.run(render(value), shell);
      expect({ value, executed: host.has(marker) }).toEqual({ value, executed: false });
    }
  });

  test("would be seen", () => {
    const script = kubeletHealthScript({ timeoutSeconds: 0 }).replace("set -u\n", `set -u\necho >${marker}\n`);
    host.run(script, shell);
    expect(host.has(marker)).toBe(true);
  });
});
