import { isSince, kubernetesChanges } from "../base/kubernetesChanges";
import type { Script } from "../base/script";
import { runningProxyValues, type ApiServerProxyArgs } from "./apiServerProxy";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { kubeProxyEndpoints } from "./kubeProxyConfiguration";
import { flannelHealthz } from "./flannelUnit";
import type { CniMode, FlannelBackend, JsonObject, ProxyMode } from "./types";

/** How long a service may take, and how long it must stay as it is. */
export interface HealthTimes {
  /** How long to wait for the service to become healthy, seconds. */
  timeoutSeconds?: number;
  /** How long it must stay so as one process, seconds. */
  holdSeconds?: number;
}

export interface ContainerdHealthArgs extends HealthTimes {
  cniMode: CniMode;
}

/** Renders a changed CNI template anew, then waits until containerd is healthy; 30 seconds, held for 1. */
export function containerdHealth({ cniMode, ...times }: ContainerdHealthArgs): Script {
  return {
    file: "render/scripts/containerdHealth.sh",
    values: { bridge: cniMode !== "none", ...timeValues(times, 30, 1) },
  };
}

export interface KubeletHealthArgs extends HealthTimes {
  /** Release of the kubelet. */
  kubernetesVersion: string;
  /** KubeletConfiguration overrides: they may move the port of /healthz. @default {} */
  overrides?: JsonObject;
}

/**
 * Waits until the kubelet is healthy; 60 seconds, held for 1 where it serves device plugins, which is the last thing that it starts
 * and that can end it, else for 3.
 */
export function kubeletHealth({ kubernetesVersion, overrides, ...times }: KubeletHealthArgs): Script {
  const { healthz = "" } = kubeletHostFacts(overrides);
  const devicePlugins = isSince(kubernetesChanges.devicePluginsAlways, kubernetesVersion);
  return {
    file: "render/scripts/kubeletHealth.sh",
    values: { healthz, device_plugins: devicePlugins, ...timeValues(times, 60, devicePlugins ? 1 : 3) },
  };
}

export interface KubeProxyHealthArgs extends HealthTimes {
  mode: ProxyMode;
  /** KubeProxyConfiguration overrides: they may move the ports asked. @default {} */
  overrides?: JsonObject;
}

/** Waits until kube-proxy is healthy and runs in the mode asked for; 60 seconds, held for 2. */
export function kubeProxyHealth({ mode, overrides, ...times }: KubeProxyHealthArgs): Script {
  const { healthz, metrics } = kubeProxyEndpoints(overrides);
  return {
    file: "render/scripts/kubeProxyHealth.sh",
    values: { livez: healthz, metrics, mode, ...timeValues(times, 60, 2) },
  };
}

export interface FlannelHealthArgs extends HealthTimes {
  backend: FlannelBackend;
}

/** Waits until flanneld has written for its plugin what range the Node has; 150 seconds, since a Node may be long in coming, held for 2. */
export function flannelHealth({ backend, ...times }: FlannelHealthArgs): Script {
  return {
    file: "render/scripts/flannelHealth.sh",
    values: { readyz: flannelHealthz, backend, ...timeValues(times, 150, 2) },
  };
}

export interface ApiServerProxyHealthArgs extends HealthTimes, ApiServerProxyArgs {}

/** Waits until the proxy runs with this configuration and has found an API server alive; 30 seconds, held for 1. */
export function apiServerProxyHealth(args: ApiServerProxyHealthArgs): Script {
  return {
    file: "render/scripts/apiServerProxyHealth.sh",
    values: { ...runningProxyValues(args), ...timeValues(args, 30, 1) },
  };
}

function timeValues(times: HealthTimes, timeout: number, hold: number): { timeout: number; hold: number } {
  const { timeoutSeconds = timeout, holdSeconds = hold } = times;
  return { timeout: Math.round(timeoutSeconds), hold: Math.round(holdSeconds) };
}
