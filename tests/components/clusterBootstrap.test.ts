import type * as pulumi from "@pulumi/pulumi";
import { secret } from "@pulumi/pulumi";
import { ClusterBootstrap } from "../../components";
import { secretKeys } from "../../settings/schema";
import { selfSigned, testConfiguration, type KeyPair } from "../settings/testConfiguration";
import type * as pulumiMocks from "../support/pulumiMocks";
import type { Registered } from "../support/pulumiMocks";
import { recordResources, settled } from "../support/pulumiMocks";

let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

// The stack program loads all of Pulumi's packages once for each configuration.
jest.setTimeout(60_000);

async function register(caCertPem: pulumi.Input<string> = ca.certPem, flannel = false): Promise<Registered[]> {
  const registered = await recordResources();
  new ClusterBootstrap("worker-nodes", {
    bootstrapToken: "abcdef.0123456789abcdef",
    caCertPem,
    caPrivateKeyPem: ca.keyPem,
    flannel,
  });
  await settled();
  return registered.filter(({ custom }) => custom);
}

describe("ClusterBootstrap", () => {
  it("binds bootstrapping, approval and renewal to the roles the cluster ships", async () => {
    const bindings = (await register()).filter(({ type }) => type.endsWith(":ClusterRoleBinding"));
    const seen = bindings.map(({ inputs }) => {
      const { metadata, roleRef, subjects } = inputs as {
        metadata: { name: string };
        roleRef: { name: string };
        subjects: { name: string }[];
      };
      return [metadata.name, roleRef.name, subjects.map(({ name }) => name).join()];
    });
    const prefix = "kubernetes-worker-nodes:test:worker-nodes:";
    const csr = "system:certificates.k8s.io:certificatesigningrequests";
    expect(seen.sort()).toEqual([
      [`${prefix}kubelet-bootstrap`, "system:node-bootstrapper", "system:bootstrappers:default-node-token"],
      [`${prefix}node-autoapprove-bootstrap`, `${csr}:nodeclient`, "system:bootstrappers:default-node-token"],
      [`${prefix}node-autoapprove-certificate-rotation`, `${csr}:selfnodeclient`, "system:nodes"],
    ]);
  });

  it("makes a token Secret for authentication only, whose secret half is secret", async () => {
    const secret = (await register()).find(({ type }) => type === "kubernetes:core/v1:Secret");
    expect(secret?.inputs).toMatchObject({
      metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system" },
      type: "bootstrap.kubernetes.io/token",
      stringData: {
        "token-id": "abcdef",
        "token-secret": "0123456789abcdef",
        "usage-bootstrap-authentication": "true",
        "auth-extra-groups": "system:bootstrappers:default-node-token",
      },
    });
    expect(Object.keys(secret?.inputs["stringData"] as object)).not.toContain("usage-bootstrap-signing");
    expect(secret?.secretInputs).toContain("stringData");
  });

  it("makes its stack the owner of what it makes in the cluster, so that no other stack takes it over", async () => {
    const objects = (await register()).filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects).toHaveLength(4);
    for (const { inputs } of objects) {
      expect(inputs).toMatchObject({
        metadata: { annotations: { "pulumi.com/patchFieldManager": "kubernetes-worker-nodes/test" } },
      });
    }
  });

  it("deletes an object before it makes another of its name, which would be the old one and go with it", async () => {
    await recordResources();
    const inCluster: [string, boolean | undefined][] = [];
    new ClusterBootstrap(
      "worker-nodes",
      { bootstrapToken: "abcdef.0123456789abcdef", caCertPem: ca.certPem, caPrivateKeyPem: ca.keyPem },
      {
        transformations: [
          ({ type, opts }) => {
            const { deleteBeforeReplace } = opts as pulumi.CustomResourceOptions;
            if (type.startsWith("kubernetes:")) inCluster.push([type, deleteBeforeReplace]);
            return undefined;
          },
        ],
      },
    );
    await settled();
    expect(inCluster).toHaveLength(4);
    expect(inCluster.filter(([, first]) => first !== true)).toEqual([]);
  });

  it("has the cluster's CA sign a client certificate of system:kube-proxy, renewed in its last month", async () => {
    const registered = await register();
    const request = registered.find(({ type }) => type.endsWith(":CertRequest"));
    expect(request?.inputs).toMatchObject({ subject: { commonName: "system:kube-proxy" } });
    const certificate = registered.find(({ type }) => type.endsWith(":LocallySignedCert"));
    expect(certificate?.inputs).toMatchObject({
      caCertPem: ca.certPem,
      caPrivateKeyPem: ca.keyPem,
      certRequestPem: "REQUEST",
      allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
      validityPeriodHours: 8760,
      earlyRenewalHours: 720,
    });
    expect(certificate?.secretInputs).toContain("caPrivateKeyPem");
  });

  it("gives flannel, where it is asked for, a certificate whose user may see Nodes and write on their status", async () => {
    const before = (await register()).map(({ name }) => name);
    const registered = await register(ca.certPem, true);
    const added = registered.filter(({ name }) => !before.includes(name));
    const inputs = (type: string) => added.find((one) => one.type.endsWith(type))?.inputs;
    const prefix = "kubernetes-worker-nodes:test:worker-nodes:flannel";
    expect(added.map(({ name }) => name).sort()).toEqual(
      ["", "-certificate", "-key", "-request", "-role"].map((end) => `worker-nodes-flannel${end}`),
    );
    expect(inputs(":ClusterRole")).toMatchObject({
      metadata: { name: prefix, annotations: { "pulumi.com/patchFieldManager": "kubernetes-worker-nodes/test" } },
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
      ],
    });
    expect(inputs(":ClusterRoleBinding")).toMatchObject({
      metadata: { name: prefix },
      roleRef: { kind: "ClusterRole", name: prefix },
      subjects: [{ kind: "User", name: "flannel" }],
    });
    expect(inputs(":CertRequest")).toMatchObject({ subject: { commonName: "flannel" } });
  });

  // Row 4 of the faults.
  it("has the CA of a bundle sign whose key it is, wherever it stands, and hides no more than the bundle was", async () => {
    const bundle = `${(await selfSigned(true)).certPem}\n${ca.certPem}`;
    const signer = async (caCertPem: pulumi.Input<string>) =>
      (await register(caCertPem)).find(({ type }) => type.endsWith(":LocallySignedCert"));
    const open = await signer(bundle);
    expect(String(open?.inputs["caCertPem"]).trim()).toBe(ca.certPem.trim());
    expect(open?.secretInputs).not.toContain("caCertPem");
    expect((await signer(secret(bundle)))?.secretInputs).toContain("caCertPem");
  });
});

describe("the stack program", () => {
  /** The Kubernetes provider's inputs with these settings. */
  async function providerOf(settings: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    let registered: Registered[] = [];
    await jest.isolateModulesAsync(async () => {
      const { runtime } = await import("@pulumi/pulumi");
      const mocks = jest.requireActual<typeof pulumiMocks>("../support/pulumiMocks");
      const all = Object.entries({ ...testConfiguration(await selfSigned(true)), ...settings }).map(([key, value]) => [
        `kubernetes-worker-nodes:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      registered = await mocks.recordResources();
      const secret = secretKeys.map((key) => `kubernetes-worker-nodes:${key}`);
      runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>, secret);
      await jest.requireActual<() => Promise<unknown>>("../../index")();
      await mocks.settled();
    });
    return registered.find(({ type }) => type === "pulumi:providers:kubernetes")?.inputs;
  }

  it("gives the cluster an identity that neither another address nor another CA moves: it would replace everything there", async () => {
    const before = await providerOf({});
    const after = await providerOf({ apiServerEndpoint: "https://elsewhere.example.com:6443" });
    expect(before?.["clusterIdentifier"]).toMatch(/./);
    expect(after?.["clusterIdentifier"]).toBe(before?.["clusterIdentifier"]);
  });
});
