import {
  cniCleanupScript,
  cniConflistRefreshScript,
  containerdHealthScript,
  kubeletCleanupScript,
  kubeletHealthScript,
  kubeProxyCleanupScript,
  kubeProxyHealthScript,
  preflightScript,
  verificationScript,
} from "../../render";
import { expectGolden } from "../support/golden";

const bridge = { kubeProxyMode: "nftables", cniMode: "bridge" } as const;

/** File name in testdata -> script. They are read there, and can be handed to shellcheck. */
const scripts: Record<string, () => string> = {
  "preflight-nftables-bridge.sh": () => preflightScript({ ...bridge, kubernetesVersion: "1.37.2", arch: "amd64" }),
  "preflight-iptables-none.sh": () =>
    preflightScript({
      kubeProxyMode: "iptables",
      cniMode: "none",
      kubernetesVersion: "1.34.4",
      arch: "arm64",
      kubeletConfiguration: { failSwapOn: false, port: 10350, resolvConf: "/run/systemd/resolve/resolv.conf" },
      commands: ["curl"],
    }),
  "cni-conflist-refresh.sh": () => cniConflistRefreshScript(),
  "containerd-health.sh": () => containerdHealthScript({ cniMode: "bridge" }),
  "kubelet-health.sh": () => kubeletHealthScript({}),
  "kube-proxy-health.sh": () => kubeProxyHealthScript({ mode: "nftables" }),
  "verification-nftables-bridge.sh": () => verificationScript({ ...bridge, podCIDRs: ["10.2.0.0/24"] }),
  "verification-ipvs-none.sh": () => verificationScript({ kubeProxyMode: "ipvs", cniMode: "none" }),
  "kube-proxy-cleanup.sh": () => kubeProxyCleanupScript(),
  "kubelet-cleanup.sh": () => kubeletCleanupScript(),
  "cni-cleanup.sh": () => cniCleanupScript(),
};

test.each(Object.keys(scripts))("%s", (name) => {
  expectGolden(__dirname, name, scripts[name]?.() ?? "");
});
