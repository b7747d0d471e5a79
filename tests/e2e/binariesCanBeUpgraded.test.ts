import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../../lab/lab";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import { touched } from "../support/stackRun";

interface Binary {
  source: string;
  sha256: string;
}

describe("another build of the kubelet", () => {
  let lab: Lab;
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    folder = mkdtempSync(join(tmpdir(), "builds-"));
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up());
    rmSync(folder, { recursive: true });
  });

  const builds = async (): Promise<string[][]> =>
    Promise.all(
      lab.hosts.map(async ({ name }) => {
        const { stdout } = await lab.exec(name, "cd /opt/kubernetes/bin && ls -d */kubelet");
        return stdout.trim().split("\n");
      }),
    );
  const pathOf = ({ sha256 }: Binary): string => `1.37.2-${sha256.slice(0, 12)}/kubelet`;
  const configured = (): Binary =>
    Object.values(stack.setting("binaries") as Record<string, { kubelet: Binary }>)[0]?.kubelet as Binary;
  function useBuild(source: string): Binary {
    const build = { source, sha256: createHash("sha256").update(readFileSync(source)).digest("hex") };
    stack.configure((config) => {
      const [arch = ""] = Object.keys(config["binaries"] as object);
      const binaries = config["binaries"] as Record<string, object>;
      config["binaries"] = { [arch]: { ...binaries[arch], kubelet: build } };
    });
    return build;
  }

  test("is on a host before its kubelet starts it, and the one before goes", async () => {
    const next = join(folder, "next");
    copyFileSync(configured().source, next);
    // What is behind the end of an executable nobody reads.
    appendFileSync(next, "\n");
    const build = useBuild(next);
    const run = expectSuccess(await stack.up());
    for (const { name } of lab.hosts) {
      const order = run.steps.map((step) => step.name).filter((step) => step.startsWith(`${name}-`));
      expect(order.slice(0, 2)).toEqual([`${name}-binaries`, `${name}-kubelet`]);
    }
    expect(touched(run).filter((name) => /preparation|containerd|kube-proxy/.test(name))).toEqual([]);
    expect(await builds()).toEqual(lab.hosts.map(() => [pathOf(build)]));
    await expectAsConfigured(lab, stack);
  });

  test("that does not start is undone: the one before runs, and goes on to run when it is wanted again", async () => {
    const before = await builds();
    const broken = join(folder, "broken");
    writeFileSync(broken, "#!/bin/sh\necho 'E0101 this build is broken' >&2\nexit 1\n");
    chmodSync(broken, 0o755);
    const good = configured();
    useBuild(broken);
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("this build is broken");
    expect(output).toContain("the version before was put back and kubelet.service runs with it");
    const { source } = good;
    useBuild(source);
    expectSuccess(await stack.up());
    expect(await builds()).toEqual(before);
    await expectAsConfigured(lab, stack);
  });
});
