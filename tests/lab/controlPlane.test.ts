import { X509Certificate, createPublicKey, sign, verify } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { load } from "js-yaml";
import { type CaStep, takeCaStep } from "../../lab/controlPlane/caRotation";
import { controlPlanePrograms, type ControlPlaneProgram } from "../../lab/controlPlane/controlPlanePrograms";
import { clusterCertificates, ensureCredentials } from "../../lab/controlPlane/credentials";
import { type LabLayout, layoutOf } from "../../lab/plan/layout";
import { completeOptions } from "../../lab/plan/options";

const options = completeOptions({ subnet: "10.232.0.0/24", name: "x" });

describe("programs of the control plane", () => {
  const programs = controlPlanePrograms(options, layoutOf(options, "/tree"), {});
  const argsOf = (name: string) => programs.find((program) => program.daemon.name === name)?.daemon.args ?? [];

  test("the API server authorizes nodes as nodes and lets bootstrap tokens in", () => {
    expect(argsOf("kube-apiserver")).toEqual(
      expect.arrayContaining([
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--enable-bootstrap-token-auth=true",
        "--service-cluster-ip-range=10.1.0.0/16",
      ]),
    );
  });

  test("the controller manager signs, cleans tokens and gives nodes ranges of the lab's pods' network", () => {
    expect(argsOf("kube-controller-manager")).toEqual(
      expect.arrayContaining([
        "--controllers=*,bootstrap-signer-controller,token-cleaner-controller",
        "--allocate-node-cidrs=true",
        "--cluster-cidr=10.3.0.0/16",
        "--cluster-signing-key-file=/tree/.lab-x/pki/ca.key",
      ]),
    );
  });

  test("all listen on the lab's own address only", () => {
    const listening = programs.flatMap(({ daemon }) =>
      daemon.args.filter((arg) => /^--(bind-address|listen-\w+-urls)=/.test(arg)),
    );
    expect(listening).toHaveLength(5);
    expect(listening.filter((arg) => !arg.includes("10.232.0.1"))).toEqual([]);
  });

  test("a second API server has the first one's etcd and certificate, another port, and no part in the Service", () => {
    const two = completeOptions({ ...options, apiServers: 2 });
    const all = controlPlanePrograms(two, layoutOf(two, "/tree"), { "kube-apiserver": { path: "/bin/x", sha256: "" } });
    const [first, second] = all.filter(({ daemon }) => daemon.name.startsWith("kube-apiserver"));
    const own = (all: ControlPlaneProgram | undefined, other: ControlPlaneProgram | undefined): string[] =>
      (all?.daemon.args ?? []).filter((arg) => !other?.daemon.args.includes(arg));
    expect(own(second, first)).toEqual(["--secure-port=6444", "--endpoint-reconciler-type=none"]);
    expect(own(first, second)).toEqual(["--secure-port=6443"]);
    expect([second?.daemon.command, second?.daemon.name, second?.healthUrl]).toEqual([
      ...["/bin/x", "kube-apiserver-2", "https://10.232.0.1:6444/readyz"],
    ]);
  });

  test("no secret is an argument", () => {
    expect(programs.flatMap(({ daemon }) => daemon.args).filter((arg) => /token=|password|BEGIN/.test(arg))).toEqual(
      [],
    );
  });
});

describe("credentials", () => {
  let tree: string;
  let layout: LabLayout;
  beforeAll(async () => {
    tree = await fs.mkdtemp(path.join(os.tmpdir(), "pki-"));
    layout = layoutOf(options, tree);
  });
  afterAll(async () => fs.rm(tree, { recursive: true }));

  test("are made once and stay", async () => {
    const first = await ensureCredentials(layout);
    expect(await ensureCredentials(layout)).toEqual(first);
    expect(first.bootstrapToken).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  });

  test("the API server's certificate is the CA's and names every address it is reached by", async () => {
    const read = async (name: string) => new X509Certificate(await fs.readFile(path.join(layout.files.pki, name)));
    const [ca, server] = [await read("ca.crt"), await read("apiserver.crt")];
    expect([ca.ca, server.ca, server.checkIssued(ca), server.verify(ca.publicKey)]).toEqual([true, false, true, true]);
    for (const address of ["10.232.0.1", "127.0.0.1", "10.1.0.1"]) expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  test("the administrator's kubeconfig holds a client of system:masters that the CA has signed", async () => {
    const config = load(await fs.readFile(layout.files.kubeconfig, "utf8")) as {
      clusters: { cluster: { server: string } }[];
      users: { user: Record<string, string> }[];
    };
    expect(config.clusters[0]?.cluster.server).toBe("https://10.232.0.1:6443");
    const user = config.users[0]?.user ?? {};
    const decode = (key: string) => Buffer.from(user[key] ?? "", "base64");
    const client = new X509Certificate(decode("client-certificate-data"));
    const ca = new X509Certificate(await fs.readFile(path.join(layout.files.pki, "ca.crt")));
    expect(client.subject.split("\n").sort()).toEqual(["CN=kubernetes-admin", "O=system:masters"]);
    expect([client.verify(ca.publicKey), client.keyUsage]).toEqual([true, ["1.3.6.1.5.5.7.3.2"]]);
    const signature = sign("sha256", Buffer.from("x"), decode("client-key-data").toString());
    expect(verify("sha256", Buffer.from("x"), client.publicKey, signature)).toBe(true);
  });

  test("secrets are readable by their owner only, and service accounts have a key pair", async () => {
    for (const file of [layout.files.kubeconfig, path.join(layout.files.pki, "ca.key")]) {
      expect((await fs.stat(file)).mode & 0o077).toBe(0);
    }
    const [key, pub] = await Promise.all(
      ["sa.key", "sa.pub"].map((name) => fs.readFile(path.join(layout.files.pki, name), "utf8")),
    );
    expect(createPublicKey(key ?? "").export({ type: "spki", format: "pem" })).toBe(pub);
  });
});

describe("a CA that is changed", () => {
  let tree: string;
  let layout: LabLayout;
  beforeAll(async () => {
    tree = await fs.mkdtemp(path.join(os.tmpdir(), "pki-"));
    layout = layoutOf(options, tree);
  });
  afterAll(async () => fs.rm(tree, { recursive: true }));

  /** Who has signed each certificate of the cluster's, and how many CAs are trusted, after a step. */
  async function after(step: CaStep): Promise<{ ca: string; trusted: number; signed: boolean[] }> {
    await takeCaStep(layout.files.pki, step);
    const { ca, trustedCas, kubeconfig } = await ensureCredentials(layout);
    const issuer = new X509Certificate(ca.certificate);
    const certificates = await Promise.all(
      clusterCertificates.map((name) => fs.readFile(path.join(layout.files.pki, `${name}.crt`))),
    );
    expect(kubeconfig).toContain(Buffer.from(trustedCas).toString("base64"));
    return {
      ca: ca.certificate,
      trusted: trustedCas.split("END CERTIFICATE").length - 1,
      signed: certificates.map((pem) => new X509Certificate(pem).verify(issuer.publicKey)),
    };
  }

  test("is trusted beside the old one, signs everything, and is trusted alone at last", async () => {
    const { ca } = await ensureCredentials(layout);
    const signed = clusterCertificates.map(() => true);
    expect(await after("trust the new one")).toEqual({ ca: ca.certificate, trusted: 2, signed });
    const second = await after("sign by the new one");
    expect(second).toMatchObject({ trusted: 2, signed });
    expect(second.ca).not.toBe(ca.certificate);
    expect(await after("distrust the old one")).toEqual({ ...second, trusted: 1 });
  });
});
