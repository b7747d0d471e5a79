/** What the verification of a Node is told of the cluster's network. */
export interface NodeNetwork {
  /** Where the API server reaches its kubelet; empty where the Node has no address. @example "10.0.0.11:10250" */
  kubelet: string;
  /** Up to three others of the same network, with their kubelet's address and that of their bridge. @example ["node-2=10.0.0.12:10250=10.2.1.1"] */
  peers: string[];
  /** What became of the API server's question to the kubelet. @example "API server -> kubelet 10.0.0.11:10250: ok" */
  fromApiServer: string;
}

/** Of a Node that was not seen. */
export const noNetwork: NodeNetwork = { kubelet: "", peers: [], fromApiServer: "" };
