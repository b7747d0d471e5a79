/** Versions the lab runs when nobody asks for others. */
export const versions = {
  kubernetes: "1.37.2",
  // What the end-to-end stories have beside it: of the oldest minor release that may run beside such an API server.
  olderKubernetes: "1.34.4",
  containerd: "2.4.2",
  cniPlugins: "1.9.1",
  etcd: "3.7.3",
  // The newest that is served as a Go module together with sdk/v3 of the same version.
  pulumi: "3.274.1",
} as const;
