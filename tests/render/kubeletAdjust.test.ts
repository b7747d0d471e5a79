import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { ensureCa, ensureCertificate, type KeyPair } from "../../lab/controlPlane/pki";
import { scriptText } from "../../host/scriptText";
import { kubeletAdjust, paths, renderKubeconfig } from "../../render";
import { kubeletKubeconfig, pemOf } from "../support/certificates";
import { Sandbox, shells } from "../support/sandbox";

const old = "https://10.0.0.9:6443";
const server = "https://api.example.com:6443";
const ca = pemOf("new");

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: unknown[];
}

describe.each(shells)("kubeletAdjust under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox();
    host.file(paths.caCert, ca);
  });
  afterEach(() => host.remove());
  const run = (value = server) => host.run(scriptText(kubeletAdjust({ server: value })), shell);
  const read = () => load(host.read(paths.kubeletKubeconfig)) as Kubeconfig;
  const wanted = { server, "certificate-authority-data": Buffer.from(ca).toString("base64") };

  test("says nothing where nothing is or nothing is to change", () => {
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    host.file(paths.kubeletKubeconfig, kubeletKubeconfig(server, ca));
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(host.list("/etc/kubernetes")).toEqual(["kubelet.conf", "pki"]);
  });

  test.each([
    ["the kubelet's own form", kubeletKubeconfig(old, pemOf("old"), "    as: me\n")],
    ["a file as CA", kubeletKubeconfig(old, "").replace("authority-data: ", "authority: /etc/kubernetes/pki/ca.crt")],
    [
      "CA and server in another order",
      "clusters:\n- name: a\n  cluster:\n    server: x\n    certificate-authority-data: y\nusers: []\n",
    ],
    ["a server first", "clusters:\n- cluster:\n    server: x\n  name: a\nusers: []\n"],
    [
      "no verification",
      "clusters:\n- cluster:\n    insecure-skip-tls-verify: true\n    server: x\n  name: a\nusers: []\n",
    ],
    [
      "our own form",
      renderKubeconfig({ clusterName: "a", server: old, caCertPem: "x", userName: "u", token: "server:" }),
    ],
  ])("brings server and CA to the settings: %s", (_case, text) => {
    host.file(paths.kubeletKubeconfig, text, 0o644);
    const before = read();
    expect(run()).toMatchObject({ status: 0, stdout: `changed|${paths.kubeletKubeconfig}\n`, stderr: "" });
    const after = read();
    expect(after.clusters.map(({ cluster }) => cluster)).toEqual([wanted]);
    const rest = ({ clusters, ...others }: Kubeconfig) => ({ names: clusters.map(({ name }) => name), ...others });
    expect(rest(after)).toEqual(rest(before));
    expect(host.mode(paths.kubeletKubeconfig)).toBe(0o600);
    expect(run().stdout).toBe("");
  });

  test("writes what a link leads to, and leaves the link", () => {
    host
      .file("/var/data/kubelet.conf", kubeletKubeconfig(old, ca))
      .link(paths.kubeletKubeconfig, "/var/data/kubelet.conf");
    expect(run().status).toBe(0);
    expect(host.read("/var/data/kubelet.conf")).toBe(kubeletKubeconfig(server, ca));
  });

  test("writes an IPv6 address as the kubelet does", () => {
    host.file(paths.kubeletKubeconfig, kubeletKubeconfig(old, ca));
    expect(run("https://[fd00::1]:6443").status).toBe(0);
    expect(host.read(paths.kubeletKubeconfig)).toBe(kubeletKubeconfig("https://[fd00::1]:6443", ca));
  });

  test("keeps a server that looks like YAML one text", () => {
    host.file(paths.kubeletKubeconfig, kubeletKubeconfig(old, ca));
    const odd = "https://x/#a: 'b' & \\1";
    expect(run(odd).status).toBe(0);
    expect(read().clusters[0]?.cluster["server"]).toBe(odd);
  });

  test("refuses what it cannot read, and leaves it", () => {
    host.file(paths.kubeletKubeconfig, '{"clusters": []}\n');
    expect(run()).toMatchObject({ status: 1, stdout: "" });
    expect(host.read(paths.kubeletKubeconfig)).toBe('{"clusters": []}\n');
    expect(host.list("/etc/kubernetes")).toEqual(["kubelet.conf", "pki"]);
  });

  // Row 4 of the faults.
  describe("the kubelet's client certificate", () => {
    let directory: string;
    const cas: Record<string, KeyPair> = {};
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "cas-"));
      for (const name of ["old", "new", "signer"]) cas[name] = await ensureCa(directory, name, "kubernetes");
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    const bundle = (names: string[]): string => names.map((name) => cas[name]?.certificate ?? "").join("");
    /** A certificate by one CA, on a host that trusts some, whose settings come to say others. */
    async function change(by: string, before: string[], after: string[]): Promise<string[]> {
      const request = { commonName: "system:node:a", organization: "system:nodes", usages: ["client" as const] };
      const issuer = cas[by] ?? { certificate: "", privateKey: "" };
      const { certificate, privateKey } = await ensureCertificate(directory, `node-of-${by}`, issuer, request);
      host
        .file("/var/lib/kubelet/pki/kubelet-client-1.pem", `${certificate}${privateKey}`)
        .link(paths.kubeletCertificate, "/var/lib/kubelet/pki/kubelet-client-1.pem")
        .file(paths.kubeletKubeconfig, kubeletKubeconfig(server, bundle(before)));
      host.file(paths.caCert, bundle(after));
      const { status, stdout, stderr } = run();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(host.list("/var/lib/kubelet/pki")).toContain("kubelet-client-1.pem");
      return stdout.split("\n").filter((line) => line !== "");
    }
    const kubeconfig = `changed|${paths.kubeletKubeconfig}`;

    test("of a CA that was taken out goes, so that the kubelet asks for a new one", async () => {
      expect(await change("old", ["old", "new"], ["new"])).toEqual([`changed|${paths.kubeletCertificate}`, kubeconfig]);
      expect(host.has(paths.kubeletCertificate)).toBe(false);
    });

    test.each([
      ["of the new one", "new", ["old", "new"], ["new"]],
      ["while the old one is trusted beside the new one", "old", ["old"], ["old", "new"]],
      ["of a signer that was never in caCertPem", "signer", ["old", "new"], ["new"]],
    ])("stays where it is %s", async (_case, by, before, after) => {
      expect(await change(by, before, after)).toEqual([kubeconfig]);
      expect(host.has(paths.kubeletCertificate)).toBe(true);
    });

    test("goes before the kubeconfig is written, so that a run that is cut off in between is taken up", async () => {
      host.command("mv", "exit 1");
      const written = change("old", ["old", "new"], ["new"]);
      await expect(written).rejects.toThrow();
      expect(host.has(paths.kubeletCertificate)).toBe(false);
      expect(host.read(paths.kubeletKubeconfig)).toBe(kubeletKubeconfig(server, bundle(["old", "new"])));
    });
  });
});
