import type { Lab, LabHostAccess } from "../../lab/lab";
import { fingerprint } from "../support/hostFingerprint";
import { joinAsKubeadm, kubeadmDropIn, leaveAsKubeadm } from "../support/kubeadmNode";
import { nodeObjects } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

type Hosts = Record<string, unknown>[];

const mask = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
const masked = `mkdir -p /etc/systemd/system/kubelet.service.d && ln -s /dev/null ${mask}`;

// Row 6 of the faults, and what adopt is for.
describe("a node that kubeadm has made in this cluster", () => {
  let lab: Lab;
  let stack: Stack;
  let host: LabHostAccess;
  let before: { uid?: string; certificate: string };
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0] as LabHostAccess;
    await giveUp();
    await joinAsKubeadm(lab, stack, host);
    before = await identity();
  });
  afterAll(async () => {
    await giveUp();
    await leaveAsKubeadm(lab, host.name);
    stack.configure();
    expectSuccess(await stack.up());
  });

  async function giveUp(): Promise<void> {
    stack.configure((config) => (config["hosts"] = (config["hosts"] as Hosts).slice(1)));
    expectSuccess(await stack.up());
  }

  /** The Node and the certificate by which its kubelet is known. */
  async function identity(): Promise<{ uid?: string; certificate: string }> {
    const node = (await nodeObjects(lab)).find(({ metadata }) => metadata.name === host.name);
    const { stdout } = await lab.exec(host.name, "readlink -f /var/lib/kubelet/pki/kubelet-client-current.pem");
    return { uid: node?.metadata.uid, certificate: stdout };
  }

  /** An up that is refused with these words, with nothing changed on the host. */
  async function refused(words: string): Promise<void> {
    const state = await fingerprint(lab, host.name);
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output.replace(/\s+/g, " ")).toContain(words);
    expect(await fingerprint(lab, host.name)).toBe(state);
  }

  const configure = (edit: Record<string, unknown>, maxPods?: number): void =>
    stack.configure((config) => {
      const [first, ...others] = config["hosts"] as Hosts;
      config["hosts"] = [{ ...first, ...edit }, ...others];
      if (maxPods !== undefined) {
        config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods };
      }
    });

  test("is refused, and with adopt too as long as kubeadm's drop-in would run another kubelet", async () => {
    configure({});
    await refused("set adopt for the host if it is a node of this cluster");
    configure({ adopt: true });
    await refused(`${kubeadmDropIn} is a drop-in that replaces ExecStart of kubelet.service`);
  });

  test("is taken over with adopt: the same Node, by the certificate that it has", async () => {
    expect((await lab.exec(host.name, masked)).code).toBe(0);
    configure({ adopt: true });
    expectSuccess(await stack.up());
    expect(await identity()).toEqual(before);
    await expectAsConfigured(lab, stack);
  });

  test("is ours then without adopt, and refuses a change where the drop-in comes back", async () => {
    configure({});
    expectSuccess(await stack.up());
    await lab.exec(host.name, `rm ${mask}`);
    configure({}, 99);
    await refused(`${kubeadmDropIn} replaces ExecStart of kubelet.service; remove it, or mask it`);
    expect((await lab.exec(host.name, masked)).code).toBe(0);
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
    expect(await identity()).toEqual(before);
  });

  test("is given up as what it was: kubeadm's files are back, and no kubelet runs", async () => {
    await giveUp();
    const { stdout } = await lab.exec(
      host.name,
      "grep -o rotateCertificates /var/lib/kubelet/config.yaml; ls /usr/bin/kubelet",
    );
    expect(stdout.trim().split("\n")).toEqual(["rotateCertificates", "/usr/bin/kubelet"]);
    await expectAsConfigured(lab, stack);
  });
});
