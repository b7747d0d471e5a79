// Another system makes the pod network, such as Cilium or Calico by its chart: no plugin, no configuration and no masquerading of ours.
// A node is Ready only once that system runs on it, so that the chart comes first; give it the time it needs.
import * as pulumi from "@pulumi/pulumi";
import { WorkerPool, type ClusterArgs, type HostArgs, type WorkerPoolArgs } from "kubernetes-worker-nodes";

const config = new pulumi.Config();

const pool = new WorkerPool("workers", {
  cluster: config.requireObject<ClusterArgs>("cluster"),
  hosts: config.requireObject<HostArgs[]>("hosts"),
  binaries: config.requireObject<WorkerPoolArgs["binaries"]>("binaries"),
  cniMode: "none",
  nodeReadyTimeoutSeconds: 900,
});

export const nodes = Object.keys(pool.nodes);
