import * as path from "node:path";
import type { Binaries } from "../binaries/resolver";
import { trustedCasFile } from "./credentials";
import type { Daemon } from "../machine/daemons";
import { type LabLayout, labVariable, ports } from "../plan/layout";
import type { LabOptions } from "../plan/options";

/** A program of the control plane and where it tells whether it is well. */
export interface ControlPlaneProgram {
  daemon: Daemon;
  /** Ports it listens on, of the gateway address. */
  ports: number[];
  healthUrl: string;
}

/** The programs of the control plane with their arguments, in starting order. */
export function controlPlanePrograms(
  options: LabOptions,
  layout: LabLayout,
  binaries: Binaries,
): ControlPlaneProgram[] {
  const daemon = (name: string, args: Record<string, string>, program = name): Daemon => ({
    name,
    command: binaries[program]?.path ?? program,
    args: Object.entries(args).map(([flag, value]) => `--${flag}=${value}`),
    env: { [labVariable]: layout.files.directory },
    logPath: path.join(layout.files.logs, `${name}.log`),
    recordPath: path.join(layout.files.processes, `${name}.json`),
  });
  const program = (name: string, args: Record<string, string>, listens: number[], health: string) => ({
    daemon: daemon(name, args),
    ports: listens,
    healthUrl: `https://${layout.gateway}:${listens[0]}/${health}`,
  });
  return [
    program("etcd", etcdArgs(layout), [ports.etcdClient, ports.etcdPeer], "health"),
    ...layout.apiServerPorts.map((port, index) => apiServer(layout, daemon, index, port)),
    program("kube-controller-manager", controllerManagerArgs(options, layout), [ports.controllerManager], "healthz"),
    program("kube-scheduler", schedulerArgs(layout), [ports.scheduler], "healthz"),
  ];
}

/** Further API servers stand in no Service: all have one address, and would write over each other's port. */
function apiServer(
  layout: LabLayout,
  daemon: (name: string, args: Record<string, string>, program?: string) => Daemon,
  index: number,
  port: number,
): ControlPlaneProgram {
  const args = { ...apiServerArgs(layout), "secure-port": String(port) };
  const started =
    index === 0
      ? daemon(apiServerName(index), args)
      : daemon(apiServerName(index), { ...args, "endpoint-reconciler-type": "none" }, apiServerName(0));
  return { daemon: started, ports: [port], healthUrl: `https://${layout.gateway}:${port}/readyz` };
}

/** What an API server is called in `lab status` and `lab logs`. @example apiServerName(1) // "kube-apiserver-2" */
export function apiServerName(index: number): string {
  return index === 0 ? "kube-apiserver" : `kube-apiserver-${index + 1}`;
}

function etcdArgs(layout: LabLayout): Record<string, string> {
  const pki = (file: string) => path.join(layout.files.pki, file);
  const client = `https://${layout.gateway}:${ports.etcdClient}`;
  const peer = `https://${layout.gateway}:${ports.etcdPeer}`;
  return {
    name: "lab",
    "data-dir": layout.files.etcdData,
    "unsafe-no-fsync": "true", // a lab's data is worth less than its speed
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `lab=${peer}`,
    "client-cert-auth": "true",
    "trusted-ca-file": pki("etcd-ca.crt"),
    "cert-file": pki("etcd-server.crt"),
    "key-file": pki("etcd-server.key"),
    "peer-client-cert-auth": "true",
    "peer-trusted-ca-file": pki("etcd-ca.crt"),
    "peer-cert-file": pki("etcd-server.crt"),
    "peer-key-file": pki("etcd-server.key"),
  };
}

function apiServerArgs(layout: LabLayout): Record<string, string> {
  const pki = (file: string) => path.join(layout.files.pki, file);
  return {
    "bind-address": layout.gateway,
    "advertise-address": layout.gateway,
    "service-cluster-ip-range": layout.serviceCIDR,
    "allow-privileged": "true",
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "enable-bootstrap-token-auth": "true",
    "client-ca-file": pki(trustedCasFile),
    "tls-cert-file": pki("apiserver.crt"),
    "tls-private-key-file": pki("apiserver.key"),
    "etcd-servers": `https://${layout.gateway}:${ports.etcdClient}`,
    "etcd-cafile": pki("etcd-ca.crt"),
    "etcd-certfile": pki("apiserver-etcd-client.crt"),
    "etcd-keyfile": pki("apiserver-etcd-client.key"),
    "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
    "kubelet-client-key": pki("apiserver-kubelet-client.key"),
    "kubelet-preferred-address-types": "InternalIP,Hostname",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": pki("sa.pub"),
    "service-account-signing-key-file": pki("sa.key"),
  };
}

function controllerManagerArgs(options: LabOptions, layout: LabLayout): Record<string, string> {
  const pki = (file: string) => path.join(layout.files.pki, file);
  const kubeconfig = path.join(layout.files.credentials, "controller-manager.kubeconfig");
  return {
    ...clientArgs(layout, kubeconfig, ports.controllerManager, "controller-manager-server"),
    "allocate-node-cidrs": "true",
    "cluster-cidr": options.clusterCIDR,
    "node-cidr-mask-size": "24",
    "service-cluster-ip-range": layout.serviceCIDR,
    "cluster-signing-cert-file": pki("ca.crt"),
    "cluster-signing-key-file": pki("ca.key"),
    "root-ca-file": pki(trustedCasFile),
    "service-account-private-key-file": pki("sa.key"),
    "use-service-account-credentials": "true",
    // The last two are off unless named.
    controllers: "*,bootstrap-signer-controller,token-cleaner-controller",
  };
}

function schedulerArgs(layout: LabLayout): Record<string, string> {
  const kubeconfig = path.join(layout.files.credentials, "scheduler.kubeconfig");
  return clientArgs(layout, kubeconfig, ports.scheduler, "scheduler-server");
}

function clientArgs(layout: LabLayout, kubeconfig: string, port: number, certificate: string): Record<string, string> {
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "client-ca-file": path.join(layout.files.pki, trustedCasFile),
    "bind-address": layout.gateway,
    "secure-port": String(port),
    "tls-cert-file": path.join(layout.files.pki, `${certificate}.crt`),
    "tls-private-key-file": path.join(layout.files.pki, `${certificate}.key`),
    "leader-elect": "false", // there is only one
  };
}
