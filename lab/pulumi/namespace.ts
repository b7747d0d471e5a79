/** Pulumi project, which is the namespace of its settings. */
export const namespace = "kubernetes-worker-nodes";
