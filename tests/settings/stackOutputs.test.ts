import * as pulumi from "@pulumi/pulumi";
import { stackOutputs } from "../../settings/stackOutputs";

const outputs: Record<string, unknown> = {
  apiServerEndpoint: "https://10.0.0.10:6443",
  clusterDNS: ["10.1.0.2"],
  adminConfig: "KUBECONFIG",
  bootstrapToken: "IN-CLEAR",
  other: "x",
};

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      newResource: ({ name, type }) => {
        if (name === "gone") throw new Error("unknown stack");
        const state = type === "pulumi:pulumi:StackReference" ? { outputs, secretOutputNames: ["adminConfig"] } : {};
        return { id: name, state };
      },
      call: () => ({}),
    },
    "kubernetes-worker-nodes",
    "dev",
  ),
);

test("without clusterStack nothing is asked", async () => {
  expect(await stackOutputs({ clusterStack: "", clusterStackOutputs: {} })).toEqual({
    ...{ values: {}, secret: [], findings: [] },
  });
});

test("keys that are not set are answered by outputs of their name, or of the one that is given; a secret stays one", async () => {
  const answers = await stackOutputs({
    clusterStack: "organization/control-plane/dev",
    clusterStackOutputs: { kubeconfig: "adminConfig" },
    clusterDNS: [],
    clusterCIDR: "10.2.0.0/16",
    bootstrapToken: "set here",
  });
  expect(answers).toEqual({
    values: { apiServerEndpoint: outputs["apiServerEndpoint"], clusterDNS: ["10.1.0.2"], kubeconfig: "KUBECONFIG" },
    secret: ["kubeconfig"],
    findings: [],
  });
});

test("a secret in clear, a name that is not there and a key that is none are refused without a value", async () => {
  const { findings } = await stackOutputs({
    clusterStack: "organization/control-plane/dev",
    clusterStackOutputs: { kubeconfig: "missing", hosts: "other" },
  });
  expect(findings.map(({ path, fault }) => `${path.join(".")} ${fault.split(";")[0]}`)).toEqual([
    expect.stringMatching(/^clusterStackOutputs\.hosts is no key that another stack answers/),
    'kubeconfig is asked of the other stack as "missing", which it has not',
    'bootstrapToken comes from an output in clear, "bootstrapToken"',
  ]);
  expect(JSON.stringify(findings)).not.toContain("IN-CLEAR");
});
