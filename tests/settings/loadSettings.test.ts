import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../settings";
import { secretKeys } from "../../settings/schema";
import { selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

const namespace = "kubernetes-worker-nodes";
let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
  await pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    namespace,
    "dev",
  );
});

/** Gives the program a stack's configuration as the language host does: text by full key, lists and objects as JSON. */
function setStack(configuration: Record<string, unknown>, encrypted: readonly string[] = secretKeys): void {
  const texts = Object.entries(configuration).map(([key, value]) => [
    key.includes(":") ? key : `${namespace}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(texts) as Record<string, string>,
    encrypted.map((key) => `${namespace}:${key}`),
  );
}

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("nothing was thrown");
}

it("parses lists, objects and numbers of the project's namespace and leaves other namespaces alone", async () => {
  setStack({ ...testConfiguration(ca), sshPort: 2222, "aws:region": "eu-west-1", "kubernetes:nonsense": "1" });
  const settings = await loadSettings();
  const [pool] = settings.pools;
  expect(pool?.hosts.map(({ name, ssh }) => `${name} ${ssh.port}`)).toEqual(["node-1 2222", "node-2 2222"]);
  expect(settings.clusterDNS).toEqual(["10.1.0.2"]);
});

it("gives each secret of the cluster as a secret output", async () => {
  setStack(testConfiguration(ca));
  const { secrets } = await loadSettings();
  expect(await pulumi.isSecret(pulumi.output(secrets.kubeconfig))).toBe(true);
  const token = await new Promise((resolve) => secrets.bootstrapToken.apply(resolve));
  expect(token).toBe("abcdef.0123456789abcdef");
});

it("throws one RunError that counts and lists every error, with the stack's name first", async () => {
  const configuration = testConfiguration(ca);
  Object.assign(configuration.hosts[1] ?? {}, { address: "10.0.0.300" });
  setStack({ ...configuration, clusterDNS: "[10.1.0.2", bootstrapToken: "", typo: "x" });
  expect((await messageOf(loadSettings)).split("\n")).toEqual([
    "4 errors in the settings of stack dev:",
    "  clusterDNS: \"[10.1.0.2\" is not a list or an object; write it as YAML in the stack's file, or set one value of it: pulumi config set --path 'hosts[0].name' node-1",
    expect.stringMatching(/^ {2}typo: is not a known key; remove it; the keys here are kubernetesVersion, /),
    "  bootstrapToken: is required; set it: pulumi config set --secret kubernetes-worker-nodes:bootstrapToken",
    '  hosts[1].address: "10.0.0.300" is not an IP address or host name; write e.g. "10.0.0.30" (no user, port, URL or brackets: those are other keys)',
  ]);
});

it("refuses a credential of a pool or a host that the stack keeps in clear, without showing it", async () => {
  const [host] = testConfiguration(ca).hosts;
  const pools = { gpu: { sshPassword: "HUSH", hosts: [{ ...host, name: "a", sshPrivateKeyPassword: "HUSH" }] } };
  setStack({ ...testConfiguration(ca), hosts: [], pools });
  const message = await messageOf(loadSettings);
  expect(message).toContain(
    "pools.gpu.sshPassword: [secret] is a secret that the stack keeps in clear; replace it, as it may have been read, and " +
      "encrypt the new one: pulumi config set --secret --path 'kubernetes-worker-nodes:pools.gpu.sshPassword'",
  );
  expect(message).toContain("pools.gpu.hosts[0].sshPrivateKeyPassword: [secret]");
  expect(message).not.toContain("HUSH");
  setStack({ ...testConfiguration(ca), hosts: [], pools }, [...secretKeys, "pools"]);
  expect((await loadSettings()).pools[0]?.hosts[0]?.ssh.password).toBe("HUSH");
});

it("refuses a secret that the stack keeps in clear, without showing it", async () => {
  setStack(
    testConfiguration(ca),
    secretKeys.filter((key) => key !== "bootstrapToken"),
  );
  const message = await messageOf(loadSettings);
  expect(message).toMatch(
    /^1 error in the settings of stack dev:\n {2}bootstrapToken: \[secret\] is a secret that the stack keeps in clear; /,
  );
  expect(message).not.toContain("0123456789abcdef");
});
