import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as library from "../../components";
import { settled } from "../support/pulumiMocks";
import { components, names, type Make } from "../support/singleComponents";
import { workerNodeArgs } from "../support/workerNodeArgs";
import { selfSigned } from "../settings/testConfiguration";

const { bootstrapToken, kubeconfig } = workerNodeArgs.cluster;

describe("resource options", () => {
  /** What the engine is told of each resource that is made with some options. */
  async function requests(make: Make, opts: () => Parameters<Make>[0]): Promise<Map<string, Request>> {
    const told = new Map<string, Request>();
    const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => ({
      id: `${name}-id`,
      state: inputs as Record<string, unknown>,
    });
    await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "kubernetes-worker-nodes", "test");
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, answer) => {
      told.set(`${request.getType()} ${request.getName()}`, {
        parent: request.getParent(),
        protect: request.getProtect() === true,
        retain: request.getRetainondelete() === true,
        aliases: request.getAliasesList().length,
        dependencies: request.getDependenciesList(),
        providers: [
          request.getProvider(),
          ...request
            .getProvidersMap()
            .toObject()
            .map(([, provider]) => provider),
        ],
        transforms: request.getTransformsList().length,
      });
      return register(request, answer);
    };
    make(opts());
    await settled();
    return told;
  }
  interface Request {
    parent: string;
    protect: boolean;
    retain: boolean;
    aliases: number;
    dependencies: string[];
    providers: string[];
    transforms: number;
  }
  /** What of the connection to the engine is looked at. */
  interface Monitor {
    registerResource: (request: RegisterResourceRequest, answer: unknown) => Promise<void>;
  }

  const topOf = (told: Map<string, Request>): [string, Request] => {
    const found = [...told].find(([key]) => key.endsWith(" one") && !key.includes(":SystemdService "));
    if (found === undefined) throw new Error(`none of ${[...told.keys()].join()} is the component`);
    return found;
  };

  test.each(names)(
    "of %s are its own: parent, dependsOn, aliases, protect, retainOnDelete, transforms",
    async (name) => {
      const told = await requests(components[name] as Make, () => {
        const rack = new pulumi.ComponentResource("stranger:index:Rack", "rack");
        const before = new kubernetes.core.v1.Namespace("before");
        return {
          parent: rack,
          dependsOn: [before],
          aliases: [{ name: "former" }],
          protect: true,
          retainOnDelete: true,
          transforms: [() => undefined],
        };
      });
      const [, request] = topOf(told);
      expect(request.parent).toMatch(/Rack::rack$/);
      expect(request.dependencies).toEqual([expect.stringMatching(/Namespace::before$/)]);
      expect(request.aliases).toBeGreaterThan(0);
      expect([request.protect, request.retain, request.transforms]).toEqual([true, true, 1]);
    },
  );

  test("providers of ClusterBootstrap are those of its children", async () => {
    const { certPem, keyPem } = await selfSigned(true);
    const args = { bootstrapToken, caCertPem: certPem, caPrivateKeyPem: keyPem };
    const told = await requests(
      (opts) => new library.ClusterBootstrap("one", args, opts),
      () => ({ providers: [new kubernetes.Provider("mine", { kubeconfig })] }),
    );
    const provider = told.get("kubernetes:core/v1:Secret one-bootstrap-token")?.providers[0];
    expect(provider).toMatch(/pulumi:providers:kubernetes::mine::/);
  });
});
