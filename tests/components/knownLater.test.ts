import * as pulumi from "@pulumi/pulumi";
import {
  WorkerNode,
  WorkerPool,
  type HostArgs,
  type KubeletConfiguration,
  type WorkerPoolArgs,
} from "../../components";
import { runPrograms, type Given, type Outcome } from "../support/programs";
import { unknownOutput } from "../support/unknownOutput";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { selfSigned } from "../settings/testConfiguration";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries } = workerNodeArgs;

function host(index: number): HostArgs {
  return { nodeName: `node-${index}`, connection: { host: `10.0.0.1${index}`, hostKey: hostKey(index) } };
}

function pool(name: string, hosts: HostArgs[], change: Partial<WorkerPoolArgs> = {}): WorkerPool {
  return new WorkerPool(name, { cluster, binaries: { amd64: binaries }, hosts, ...change });
}

describe("an argument that is only known later", () => {
  let up: Record<string, Outcome>;
  let preview: Record<string, Outcome>;

  beforeAll(async () => {
    const [ours, other] = await Promise.all([selfSigned(true), selfSigned(true)]);
    const withCA = (pem: string): string =>
      cluster.kubeconfig.replace(
        "server:",
        `certificate-authority-data: ${Buffer.from(pem).toString("base64")}, server:`,
      );
    const values = { ca: ours.certPem, ours: withCA(ours.certPem), other: withCA(other.certPem) };
    up = runPrograms(programs, values, false);
    preview = runPrograms(programs, values, true);
  });

  /** Each makes one pool; what it is given is all it sees. */
  const programs = {
    address: ({ pulumi, library, args, hostKey }: Given) => {
      const connection = pulumi.output({ host: "10.0.0.300", hostKey: hostKey(1) });
      const { cluster, binaries } = args;
      new library.WorkerPool("late", {
        cluster,
        binaries: { amd64: binaries },
        hosts: [{ nodeName: "a", connection }],
      });
    },
    token: ({ pulumi, library, args }: Given) => {
      const cluster = { ...args.cluster, bootstrapToken: pulumi.secret("not-a-token") };
      new library.WorkerNode("late", { ...args, cluster });
    },
    key: ({ pulumi, library, args, hostKey }: Given) => {
      const { cluster, binaries } = args;
      const host = (index: number) => ({ host: `10.0.0.1${index}`, hostKey: hostKey(index) });
      const connection = { ...host(2), privateKey: pulumi.secret("hush-hush") };
      const hosts = [
        { nodeName: "a", connection: host(1) },
        { nodeName: "b", connection },
      ];
      new library.WorkerPool("late", { cluster, binaries: { amd64: binaries }, hosts });
    },
    noHostKey: ({ pulumi, library, args }: Given) => {
      const connection = pulumi.output({ host: "10.0.0.11", password: "PASSWORD" } as unknown as {
        host: string;
        hostKey: string;
      });
      new library.WorkerNode("late", { ...args, connection });
    },
    twins: ({ pulumi, library, args, hostKey }: Given) => {
      const { cluster, binaries } = args;
      const connection = pulumi.output({ host: "10.0.0.11", hostKey: hostKey(1) });
      const hosts = [
        { nodeName: "a", connection },
        { nodeName: "b", connection },
      ];
      new library.WorkerPool("late", { cluster, binaries: { amd64: binaries }, hosts });
    },
    oneCluster: ({ pulumi, library, args, values }: Given) => {
      const cluster = {
        ...args.cluster,
        caCertPem: pulumi.output(values["ca"]),
        kubeconfig: pulumi.secret(values["ours"]),
      };
      new library.WorkerNode("late", { ...args, cluster: cluster as unknown as typeof args.cluster });
    },
    twoClusters: ({ pulumi, library, args, values }: Given) => {
      const cluster = {
        ...args.cluster,
        caCertPem: pulumi.output(values["ca"]),
        kubeconfig: pulumi.secret(values["other"]),
      };
      new library.WorkerNode("late", { ...args, cluster: cluster as unknown as typeof args.cluster });
    },
    cluster: ({ pulumi, library, args }: Given) => {
      const wrong = {
        kubernetesVersion: pulumi.output("v1.37.2"),
        apiServerEndpoint: pulumi.output("10.0.0.10:6443"),
        clusterDNS: [pulumi.output("10.1.0")],
        clusterDomain: pulumi.output("cluster.local."),
        clusterName: pulumi.output(""),
      };
      new library.WorkerNode("late", { ...args, cluster: { ...args.cluster, ...wrong } });
    },
    between: ({ pulumi, library, args }: Given) => {
      const [clusterCIDR, clusterDNS] = [pulumi.output("10.2.0.0/16"), pulumi.output(["10.2.0.2"])];
      new library.WorkerNode("late", { ...args, cluster: { ...args.cluster, clusterCIDR, clusterDNS } });
    },
    marks: ({ pulumi, library, args }: Given) => {
      const labels = { rack: "r0", "a b": pulumi.output("") };
      new library.WorkerNode("late", { ...args, labels, taints: ["a:NoSchedule", pulumi.output("b=c")] });
    },
    checksum: ({ pulumi, library, args }: Given) => {
      const kubelet = { sha256: pulumi.output("abc") };
      new library.WorkerNode("late", { ...args, binaries: { ...args.binaries, kubelet } });
    },
    overrides: ({ pulumi, library, args }: Given) => {
      const wrong: object = { maxPods: "HUSH", address: "HUSH" };
      const kubeletConfiguration = pulumi.secret(wrong) as pulumi.Output<KubeletConfiguration>;
      new library.WorkerNode("late", { ...args, kubeletConfiguration });
    },
  };

  const expected: [keyof typeof programs, string[]][] = [
    [
      "address",
      [
        'WorkerPool "late": 1 error in its arguments:\n  hosts[0].connection.host: "10.0.0.300" is not an IP address or host name; write e.g. "10.0.0.30" (no user, port, URL or brackets: those are other keys)',
      ],
    ],
    [
      "token",
      [
        expect.stringContaining(
          'WorkerNode "late": 1 error in its arguments:\n  cluster.bootstrapToken: [secret] is not a bootstrap token; ',
        ) as string,
      ],
    ],
    ["key", [expect.stringContaining("hosts[1].connection.privateKey: [secret] is not a private key") as string]],
    ["noHostKey", [expect.stringContaining("\n  connection.hostKey: is required; ") as string]],
    ["oneCluster", []],
    [
      "twoClusters",
      [expect.stringContaining("\n  cluster.caCertPem: is of another CA than the kubeconfig's") as string],
    ],
    [
      "between",
      [
        expect.stringContaining(
          '\n  cluster.clusterDNS[0]: "10.2.0.2" is inside clusterCIDR (10.2.0.0/16), whose addresses are the pods\'',
        ) as string,
      ],
    ],
    [
      "marks",
      [
        expect.stringMatching(
          /\n {2}labels\["a b"\]: must have a name.*\n {2}taints\[1\]: "b=c" must end in/s,
        ) as string,
      ],
    ],
    ["checksum", [expect.stringContaining('\n  binaries.kubelet.sha256: "abc" is not a SHA-256 checksum') as string]],
    [
      "overrides",
      [
        expect.stringContaining(
          "2 errors in its arguments:\n  kubeletConfiguration.maxPods: [secret] must be a whole number",
        ) as string,
      ],
    ],
  ];

  test.each(expected)(
    "is judged by the same rules, in words that no property's name goes before: %s",
    (name, errors) => {
      expect(up[name]?.errors).toEqual(errors);
      // What is known is judged in a preview too.
      expect(preview[name]?.errors).toEqual(errors);
    },
  );

  test("is told once for all that are wrong, in a line each, by the name of the argument", () => {
    const [title, ...lines] = up["cluster"]?.errors.join("\n").split("\n") ?? [];
    expect(title).toBe('WorkerNode "late": 5 errors in its arguments:');
    expect(lines.map((line) => /^ {2}(\S+): /.exec(line)?.[1]).sort()).toEqual(
      ["apiServerEndpoint", "clusterDNS[0]", "clusterDomain", "clusterName", "kubernetesVersion"].map(
        (key) => `cluster.${key}`,
      ),
    );
  });

  test("is compared with what became known of other hosts", () => {
    const text = up["twins"]?.errors.join() ?? "";
    expect(text).toContain('hosts[1].connection.host: "10.0.0.11" is that of hosts[0] too');
    expect(text).toContain("is that of hosts[0] too; one machine is listed twice");
  });

  test("reaches no resource that connects where there is no hostKey", () => {
    expect(up["noHostKey"]?.connected).toEqual([]);
    expect(up["oneCluster"]?.connected).not.toEqual([]);
  });

  test("is shown in no error where it is secret", () => {
    expect(JSON.stringify([up, preview])).not.toMatch(/not-a-token|hush-hush|PASSWORD|HUSH|not-shown-anywhere/);
  });

  test("is not judged while it is unknown", async () => {
    const registered = await recordResources(true);
    const unknown = unknownOutput();
    pool("unknown", [{ ...host(1), connection: { host: unknown, hostKey: hostKey(1) } }]);
    await settled();
    expect(registered.filter(({ custom }) => custom)).toHaveLength(8);
  });
});

describe("arguments are brought into one spelling", () => {
  const kubeletOf = (registered: Registered[]): Registered | undefined =>
    registered.find(({ custom, name }) => custom && name === "node-1-kubelet");

  test("checksums in small letters, the official source, taints as objects, the endpoint as it is read", async () => {
    const registered = await recordResources();
    const kubelet = { sha256: "AB".repeat(32) };
    new WorkerNode("node-1", {
      ...workerNodeArgs,
      cluster: { ...cluster, apiServerEndpoint: "HTTPS://API.example:443/" },
      binaries: { ...binaries, kubelet },
      taints: ["dedicated=build:NoSchedule", { key: "gpu", effect: "NoExecute" }],
      labels: { constructor: "kept" },
    });
    await settled();
    const installed = registered.find(({ name }) => name === "node-1-binaries")?.inputs["programs"];
    expect(installed).toHaveProperty(["/opt/kubernetes/bin/1.37.2-abababababab/kubelet"], {
      source: "https://dl.k8s.io/v1.37.2/bin/linux/amd64/kubelet",
      sha256: "ab".repeat(32),
    });
    expect(JSON.stringify(kubeletOf(registered)?.inputs["secretFiles"])).toContain("server: https://api.example\\n");
    expect(registered.find(({ name }) => name === "node-1-registration")?.inputs).toMatchObject({
      labels: { constructor: "kept" },
      taints: [
        { key: "dedicated", value: "build", effect: "NoSchedule" },
        { key: "gpu", effect: "NoExecute" },
      ],
    });
  });
});
