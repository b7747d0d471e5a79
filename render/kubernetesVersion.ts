export * from "../base/kubernetesVersion";
