import * as pulumi from "@pulumi/pulumi";
import { caCertPem, proxyKey } from "./workerNodeArgs";

/** One registered resource, as the engine would have seen it. */
export interface Registered {
  type: string;
  name: string;
  custom: boolean;
  /** Inputs with secrets taken out of their envelopes. */
  inputs: Record<string, unknown>;
  /** Paths of the inputs that were secret, e.g. "connection". */
  secretInputs: string[];
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/**
 * Records what a program registers, with Pulumi's own mocks: proves resources, inputs and secrecy, not what providers do.
 * Each call starts a new recording.
 */
export async function recordResources(preview = false): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const secretInputs: string[] = [];
        const inputs = unwrap(args.inputs, "", secretInputs) as Record<string, unknown>;
        registered.push({ type: args.type, name: args.name, custom: args.custom ?? false, inputs, secretInputs });
        return { id: `${args.name}-id`, state: { ...outputsOf(args.type), ...inputs } };
      },
      call: (args) => args.inputs as Record<string, unknown>,
    },
    "kubernetes-worker-nodes",
    "test",
    preview,
  );
  return registered;
}

/** The few outputs that other resources' inputs are made of. */
function outputsOf(type: string): Record<string, unknown> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: proxyKey };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: "REQUEST" };
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: caCertPem };
    case "command:remote:Command":
      return { stdout: "seen", stderr: "" };
    case "pulumi-nodejs:dynamic/kubernetes-worker-nodes:NodeRegistration":
      return {
        kubernetesService: "10.1.0.1:443=10.0.0.10:6443",
        podCIDRs: ["10.2.0.0/24"],
        network: {
          kubelet: "10.0.0.11:10250",
          peers: ["node-2=10.0.0.12:10250=10.2.1.1", "node-3=10.0.0.13:10250=10.2.2.1"],
          fromApiServer: "API server -> kubelet 10.0.0.11:10250: ok",
        },
      };
    default:
      return {};
  }
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) {
    secrets.push(path);
    return unwrap((value as { value?: unknown }).value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unwrap(item, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}

/** Waits until everything the program asked for is registered. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}
