import type { Lab } from "../../lab/lab";
import { fingerprint } from "../support/hostFingerprint";
import { nodeObjects } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

// Row 42 of the faults.
describe("a node whose resources get other names", () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0]?.name ?? "";
  });

  /** The state as a program would have left it that had the node's component, or the resources whose names end so, under another name. */
  async function asIfNamed(name: string, ends = '["-]'): Promise<void> {
    const state = JSON.stringify(await stack.export());
    const renamed = state.replaceAll(new RegExp(`::${host}(?=${ends})`, "g"), `::${name}`);
    expect(renamed).not.toBe(state);
    await stack.import(JSON.parse(renamed) as Awaited<ReturnType<Stack["export"]>>);
  }

  test("as when a component is renamed, stays as it is on the host and in the cluster: nothing restarts, nothing goes", async () => {
    await asIfNamed("before");
    const [node] = (await nodeObjects(lab)).filter(({ metadata }) => metadata.name === host);
    const before = withoutClaim(await fingerprint(lab, host));
    const { changes } = expectSuccess(await stack.up());
    expect(changes).toMatchObject({ create: 8 + 4, delete: 8 + 4 });
    expect(withoutClaim(await fingerprint(lab, host))).toBe(before);
    const [after] = (await nodeObjects(lab)).filter(({ metadata }) => metadata.name === host);
    expect(after?.metadata.uid).toBe(node?.metadata.uid);
    await expectAsConfigured(lab, stack);
  });

  test("or its single resources under the same claim, each of which is made anew before the old one goes, likewise", async () => {
    await asIfNamed("former", '-(binaries|preparation|containerd|kubelet|kube-proxy|registration)"');
    const [node] = (await nodeObjects(lab)).filter(({ metadata }) => metadata.name === host);
    const before = withoutClaim(await fingerprint(lab, host));
    const { changes } = expectSuccess(await stack.up());
    expect(changes).toMatchObject({ create: 6 + 3, delete: 6 + 3 });
    expect(withoutClaim(await fingerprint(lab, host))).toBe(before);
    const [after] = (await nodeObjects(lab)).filter(({ metadata }) => metadata.name === host);
    expect(after?.metadata.uid).toBe(node?.metadata.uid);
    await expectAsConfigured(lab, stack);
  });

  /** The records of whose the host and its lists are, and of which process has read what are what such a run may write; and what a service wrote itself is kept beside for a moment. */
  const withoutClaim = (seen: string): string =>
    seen
      .split("\n")
      .filter(
        (line) =>
          !/(kubernetes-worker-nodes(\/owner|\/\S+\.(started|instance))?|^\/etc\/kubernetes|^\/var\/lib\/kubelet\/pki) /.test(
            line,
          ),
      )
      .join("\n");
});
