import { checkedSecret, secretType, tokenSecret } from "./clusterScene";
import type { Contract } from "./contract";
import { FakeCluster } from "./fakeCluster";

/** Secrets where the API server does not answer: a preview needs none. */
export const noClusterContract: Contract = {
  async start() {
    const cluster = await new FakeCluster().start();
    await cluster.stop();
    return { config: { kubeconfig: cluster.kubeconfig() }, stop: () => Promise.resolve() };
  },
  configured: [true, true],
  rows: [
    {
      title: "check and the preview of a create give the inputs, a create fails",
      type: secretType,
      answers: async (plugin) => {
        const { inputs, failures } = await plugin.check(tokenSecret());
        const failed = await plugin.create(inputs).then(
          () => "created",
          (error: Error) => error.message.replace(/: .*/s, ""),
        );
        return [inputs, failures, await plugin.create(inputs, { preview: true }), failed];
      },
      expected: [checkedSecret, [], { id: "", outputs: checkedSecret }, "configured Kubernetes cluster is unreachable"],
    },
  ],
};
