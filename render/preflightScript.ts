import type { Arch } from "../base/arch";
import { proxyStatusPort } from "../base/rules/apiServerRules";
import { moduleTable } from "../base/kernelModules";
import type { Script } from "../base/script";
import { proxyValues, type ApiServerProxyEnds } from "./apiServerProxy";
import { flannelHealthz } from "./flannelUnit";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { ipvsScheduler } from "./kubeProxyConfiguration";
import { autoloadedModules, requiredModules } from "./modulesLoad";
import { requiredPackages } from "./packages";
import type { CniMode, FlannelBackend, JsonObject, KubeProxyMode } from "./types";

export interface PreflightArgs {
  kubernetesVersion: string;
  /** What the host is expected to be. */
  arch: Arch;
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** Read with cniMode "flannel". @default "vxlan" */
  flannelBackend?: FlannelBackend;
  /** KubeletConfiguration overrides: they decide whether swap and cgroup v1 are refused. @default {} */
  kubeletConfiguration?: JsonObject;
  /** KubeProxyConfiguration overrides: they choose the scheduler of mode ipvs. @default {} */
  kubeProxyConfiguration?: JsonObject;
  /** More commands that must be there, which no package of ours brings. @default [] */
  commands?: readonly string[];
  /** The API servers, and where the node's own proxy to them is to listen. */
  proxy?: ApiServerProxyEnds;
  /** SHA-256 of each CA certificate, as certificateDigests has them: a node of this cluster may be adopted. @default [] */
  caSha256?: readonly string[];
}

const machines: Record<Arch, string> = { amd64: "x86_64", arm64: "aarch64" };

/** Modules that only the mode of kube-proxy asks for. */
function modulesOfMode({ kubeProxyMode, kubeProxyConfiguration }: PreflightArgs): string[] {
  const scheduler = ipvsScheduler(kubeProxyConfiguration);
  const others = requiredModules({ kubeProxyMode: "none", cniMode: "none" });
  const own = requiredModules({ kubeProxyMode, cniMode: "none", scheduler }).filter((name) => !others.includes(name));
  return [...own, ...autoloadedModules(kubeProxyMode)];
}

/** Commands of the base system that our scripts and the kubelet use. */
const baseCommands = ["awk", "base64", "flock", "grep", "sed", "sha256sum", "systemctl", "tar", "timeout"];

/**
 * Read-only checks of a bare host; it also passes on a host that already is a worker node of this stack. That, and whether a
 * node of the cluster is to be taken over, the script is told by its surroundings: variables `claimed` and `adopt`.
 */
export function preflight(args: PreflightArgs): Script {
  const facts = kubeletHostFacts(args.kubeletConfiguration, args.kubernetesVersion);
  return {
    file: "render/scripts/preflight.sh",
    values: {
      machine: machines[args.arch],
      arch: args.arch,
      commands: [...new Set([...baseCommands, ...(args.commands ?? [])])].sort(),
      later_commands: requiredPackages({ ...args, apiServerProxy: args.proxy !== undefined }).map(
        ({ command }) => command,
      ),
      mode: args.kubeProxyMode,
      modules: moduleTable(requiredModules({ ...args, kubeProxyMode: "none" })),
      mode_modules: moduleTable(modulesOfMode(args)),
      cni_mode: args.cniMode,
      flannel_port: args.cniMode === "flannel" ? (flannelHealthz.split(":").at(-1) ?? "") : "",
      fail_swap_on: facts.failSwapOn,
      fail_cgroup_v1: facts.failCgroupV1,
      kubelet_port: facts.port,
      resolv_conf: facts.resolvConf,
      ca_sha256: args.caSha256 ?? [],
      ...preflightOfProxy(args.proxy),
    },
  };
}

/** Empty lists where there is no proxy. */
function preflightOfProxy(proxy: ApiServerProxyEnds | undefined): Script["values"] {
  if (proxy === undefined) return { proxy_ports: [], api_servers: [], subject: "" };
  const { port, api_servers, subject } = proxyValues(proxy);
  return { proxy_ports: [port, String(proxyStatusPort)], api_servers, subject };
}
