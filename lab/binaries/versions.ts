/** Versions the lab runs when nobody asks for others. */
export const versions = {
  kubernetes: "1.37.2",
  containerd: "2.4.2",
  cniPlugins: "1.9.1",
  etcd: "3.7.3",
} as const;
