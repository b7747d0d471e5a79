import type { Lab } from "../../lab/lab";
import { fingerprint } from "../support/hostFingerprint";
import { expectAsConfigured } from "../support/settled";
import { Stack, expectSuccess, readyStack } from "../support/stack";

type Hosts = Record<string, unknown>[];

/** What a host of kubeadm has, as far as it is looked at. */
const kubeadmTraces = `
mkdir -p /etc/kubernetes/manifests /usr/lib/systemd/system/kubelet.service.d
printf 'apiVersion: v1\\nkind: Config\\n' >/etc/kubernetes/kubelet.conf
printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/kubelet\\n' >/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
`;
const withoutKubeadm = `
rm -rf /usr/lib/systemd/system/kubelet.service.d /etc/kubernetes
systemctl daemon-reload
`;

// Rows 5, 6, 7, 8 and 43 of the faults.
describe("a host that is not ours", () => {
  let lab: Lab;
  let stack: Stack;
  let second: Stack;
  let host: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0]?.name ?? "";
    second = await Stack.open(lab, "other");
  });
  afterAll(async () => {
    await second.forget();
    stack.configure();
    expectSuccess(await stack.up());
  });

  /** The second stack with the first host, edited; its token is another, since tokens are a stack's own. */
  async function secondStack(edit: Record<string, unknown>): Promise<void> {
    second.configure((config) => {
      const [first] = config["hosts"] as Hosts;
      config["hosts"] = [{ ...first, ...edit }];
    });
    await second.setSecret("bootstrapToken", "othera.0123456789abcdef");
  }

  /** An up of a stack that is refused, with nothing changed on the host. */
  async function refused(run: Stack, words: string): Promise<void> {
    const before = await fingerprint(lab, host);
    const { ok, output } = await run.up();
    expect(ok).toBe(false);
    expect(output.replace(/\s+/g, " ")).toContain(words);
    expect(await fingerprint(lab, host)).toBe(before);
  }

  test("but another stack's, is refused whatever the Node's name, and that stack's destroy takes nothing away", async () => {
    await secondStack({});
    await refused(second, `it is Node ${host} of stack organization/kubernetes-worker-nodes/${stack.name}`);
    await secondStack({ name: "stolen" });
    await refused(second, `it is Node ${host} of stack organization/kubernetes-worker-nodes/${stack.name}`);
    expectSuccess(await second.destroy());
    await expectAsConfigured(lab, stack);
  });

  test("but a kubeadm node of another cluster, is refused by name of what was found", async () => {
    stack.configure((config) => (config["hosts"] = (config["hosts"] as Hosts).slice(1)));
    expectSuccess(await stack.up());
    expect((await lab.exec(host, kubeadmTraces)).code).toBe(0);
    stack.configure();
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("/etc/kubernetes/kubelet.conf");
    expect(output).toContain("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf");
    expect((await lab.exec(host, "ls /opt/kubernetes /var/lib/kubernetes-worker-nodes")).code).not.toBe(0);
    expect((await lab.exec(host, withoutKubeadm)).code).toBe(0);
  });

  test("but would take the name of another machine's Node, is refused, and that Node stays", async () => {
    await secondStack({ name: lab.hosts[1]?.name });
    const { ok, output } = await second.up();
    expect(ok).toBe(false);
    expect(output.replace(/\s+/g, " ")).toContain(`Node ${lab.hosts[1]?.name ?? ""} is there already and is machine`);
    expectSuccess(await second.destroy());
    stack.configure();
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });
});
