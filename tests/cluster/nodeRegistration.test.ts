import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { NodeRegistration, type NodeRegistrationArgs } from "../../cluster/nodeRegistration";

jest.setTimeout(60_000);

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(async () => {
  registered.length = 0;
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: "a", state: { ...(args.inputs as object), nodeUid: "u", podCIDRs: ["10.2.1.0/24"], told: ["t"] } };
    },
    call: () => ({}),
  });
});

const args: NodeRegistrationArgs = {
  kubeconfig: "very secret",
  nodeName: "a",
  claim: { id: "1", machineId: "m", owner: "org/project/stack" },
  kubeletVersion: "v1.37.2",
  revision: "1",
};

async function inputsOf(registration: NodeRegistration): Promise<Record<string, unknown>> {
  await promise(registration.urn);
  return registered[0]?.inputs as Record<string, unknown>;
}

function promise<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

/** How a secret value crosses the protocol. */
const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

test("registers under its own type, with defaults for what is left out or undefined and the kubeconfig made secret", async () => {
  const inputs = await inputsOf(new NodeRegistration("a", { ...args, labels: undefined }));
  expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/kubernetes-worker-nodes:NodeRegistration");
  const defaults = { labels: {}, taints: [], readyTimeoutSeconds: 300, drainTimeoutSeconds: 120 };
  const expected = { ...args, ...defaults, kubeconfig: secret("very secret") };
  expect(inputs).toEqual({ ...expected, __provider: inputs.__provider });
});

test("gives the Node's name, uid and pod CIDRs, and what is told of it", async () => {
  const registration = new NodeRegistration("a", args);
  expect(await promise(registration.nodeName)).toBe("a");
  expect(await promise(registration.nodeUid)).toBe("u");
  expect(await promise(registration.podCIDRs)).toEqual(["10.2.1.0/24"]);
  expect(await promise(registration.told)).toEqual(["t"]);
});

test("stores a short provider text, the same for all, which holds no path of this machine", async () => {
  const first = (await inputsOf(new NodeRegistration("a", args))).__provider;
  registered.length = 0;
  const second = (await inputsOf(new NodeRegistration("b", { ...args, nodeName: "b" }))).__provider;
  expect(typeof first).toBe("string");
  expect(second).toBe(first);
  expect(String(first).length).toBeLessThan(120);
  expect(first).not.toContain(process.cwd());
  // As in the plugin it is the text of a module of Node's own, beside the program.
  const show = `${String(first)}; console.log(JSON.stringify(Object.keys(exports.handler()).sort()))`;
  const shown = execFileSync(process.execPath, ["-e", show], { encoding: "utf8" });
  expect(JSON.parse(shown)).toEqual(["check", "configure", "create", "delete", "diff", "read", "update"]);
});
