import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { cacheFolder, fromCache, intoCache } from "../../lab/binaries/binaryCache";
import { type Component, components, kubernetesNode } from "../../lab/binaries/components";
import { fromFolder } from "../../lab/binaries/folder";
import { buildModule } from "../../lab/binaries/goModules";
import { run } from "../../lab/machine/command";
import { checksumFor, unpackMembers } from "../../lab/binaries/release";

const sum = "9214af3f6ca57e0b2a0e0b7fa8fd3df895ad88d2621df7b0bf4f0cc7d5e5b098";

describe("published checksums", () => {
  test.each([
    ["the bare sum", sum],
    ["a line of sha256sum", `${sum}  kubelet\n`],
    ["a line in binary mode", `${sum} *kubelet\n`],
    ["one of several lines", `${"0".repeat(64)}  kubectl\n${sum.toUpperCase()}  ./kubelet\n`],
  ])("are found in %s", (_form, text) => expect(checksumFor("kubelet", text)).toBe(sum));

  test.each([`${sum}  kubectl`, "<html>not found</html>", ""])("are not taken from %p", (text) =>
    expect(checksumFor("kubelet", text)).toBeUndefined(),
  );
});

test("a module that builds Kubernetes takes its staging modules as published and the rest as Kubernetes names it", () => {
  const upstream = {
    Module: { Path: "k8s.io/kubernetes" },
    Go: "1.26.0",
    Require: [
      { Path: "github.com/spf13/cobra", Version: "v1.10.0" },
      { Path: "k8s.io/api", Version: "v0.0.0" },
    ],
    Replace: [{ Old: { Path: "k8s.io/api" }, New: { Path: "./staging/src/k8s.io/api" } }],
  };
  expect(buildModule(upstream, "1.37.2")).toBe(`module lab

go 1.26.0

require (
\tk8s.io/kubernetes v1.37.2
\tgithub.com/spf13/cobra v1.10.0
\tk8s.io/api v0.37.2
)

replace (
\tk8s.io/api => k8s.io/api v0.37.2
)
`);
});

test("a module that builds Pulumi takes the SDK beside it as published, and its forks as Pulumi names them", () => {
  const upstream = {
    Module: { Path: "github.com/pulumi/pulumi/pkg/v3" },
    Go: "1.26.6",
    Require: [
      { Path: "github.com/pulumi/pulumi/sdk/v3", Version: "v3.274.1" },
      { Path: "github.com/atotto/clipboard", Version: "v0.1.4" },
      { Path: "github.com/example/other", Version: "v1.0.0" },
    ],
    Replace: [
      { Old: { Path: "github.com/pulumi/pulumi/sdk/v3" }, New: { Path: "../sdk" } },
      {
        Old: { Path: "github.com/atotto/clipboard" },
        New: { Path: "github.com/tgummerer/clipboard", Version: "v0.0.0-20241001131231-d02d263e614e" },
      },
      {
        Old: { Path: "github.com/example/other", Version: "v1.0.0" },
        New: { Path: "github.com/example/other", Version: "v1.0.1" },
      },
    ],
  };
  expect(buildModule(upstream, "3.274.1")).toBe(`module lab

go 1.26.6

require (
\tgithub.com/pulumi/pulumi/pkg/v3 v3.274.1
\tgithub.com/pulumi/pulumi/sdk/v3 v3.274.1
\tgithub.com/atotto/clipboard v0.1.4
\tgithub.com/example/other v1.0.0
)

replace (
\tgithub.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
\tgithub.com/example/other v1.0.0 => github.com/example/other v1.0.1
)
`);
});

test("members of an archive are taken out also under the name of the folder they lie in", async () => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "release-"));
  await fs.mkdir(path.join(folder, "pulumi"));
  await fs.writeFile(path.join(folder, "pulumi/pulumi"), "the CLI");
  await fs.writeFile(path.join(folder, "pulumi/pulumi-language-nodejs"), "its host");
  const archive = path.join(folder, "release.tar.gz");
  await run("tar", ["--create", "--gzip", "--file", archive, "--directory", folder, "--remove-files", "pulumi"]);
  const members = { pulumi: "pulumi/pulumi", "pulumi-language-nodejs": "pulumi/pulumi-language-nodejs" };
  await unpackMembers(archive, members, folder);
  expect((await fs.readdir(folder)).sort()).toEqual(["pulumi", "pulumi-language-nodejs", "release.tar.gz"]);
  expect(await fs.readFile(path.join(folder, "pulumi"), "utf8")).toBe("the CLI");
  await fs.rm(folder, { recursive: true });
});

test("releases are the official ones of version and architecture", () => {
  const urls = components({ kubernetesVersion: "1.36.3", flannel: true }, "arm64").flatMap(({ release }) =>
    (release?.downloads ?? []).map(({ url }) => url),
  );
  expect(urls).toContain("https://dl.k8s.io/v1.36.3/bin/linux/arm64/kubelet");
  expect(urls.filter((url) => !url.includes("arm64"))).toEqual([]);
});

test("hosts of another release get kubelet and kube-proxy of it, built as the control plane's release is", () => {
  const [whole] = components({ kubernetesVersion: "1.34.4", flannel: false }, "arm64");
  const { name, files, build, release } = kubernetesNode("1.34.4", "arm64");
  // A cache entry that lacks a file is removed: the two must not share one.
  expect(name).not.toBe(whole?.name);
  expect(files).toEqual(["kubelet", "kube-proxy"]);
  expect(release?.downloads.map(({ url }) => url)).toEqual(
    files.map((file) => `https://dl.k8s.io/v1.34.4/bin/linux/arm64/${file}`),
  );
  expect(Object.keys(build.programs)).toEqual(files);
  expect(build.ldflags).toEqual(whole?.build.ldflags);
});

describe("cache of binaries", () => {
  const component = { name: "etcd", version: "0.0.1", files: ["etcd"] } as Component;
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(async () => (process.env.XDG_CACHE_HOME = await fs.mkdtemp(path.join(os.tmpdir(), "cache-"))));
  afterEach(async () => {
    await fs.rm(process.env.XDG_CACHE_HOME ?? "", { recursive: true, force: true });
    process.env.XDG_CACHE_HOME = before;
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
  });
  const put = (content: string) =>
    intoCache(component, "test", (folder) => fs.writeFile(path.join(folder, "etcd"), content));

  test("what is put in is found, executable, with its sum", async () => {
    expect(await fromCache(component)).toBe("not there");
    await put("binary");
    const file = path.join(cacheFolder(component), "etcd");
    expect(await fromCache(component)).toEqual({
      etcd: { path: file, sha256: createHash("sha256").update("binary").digest("hex") },
    });
    expect((await fs.stat(file)).mode & 0o777).toBe(0o755);
  });

  test("an altered file is not used, and its entry goes", async () => {
    await put("binary");
    await fs.writeFile(path.join(cacheFolder(component), "etcd"), "other");
    expect(await fromCache(component)).toMatch(/etcd is altered/);
    expect(await fromCache(component)).toBe("not there");
  });

  test("a source that fails half-way leaves no entry and no remains", async () => {
    const half = intoCache(component, "test", async (folder) => {
      await fs.writeFile(path.join(folder, "etcd"), "half");
      throw new Error("connection lost");
    });
    await expect(half).rejects.toThrow("connection lost");
    expect(await fromCache(component)).toBe("not there");
    expect(await fs.readdir(path.dirname(cacheFolder(component)))).toEqual([]);
  });

  test("a folder without a file says which is missing", async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "folder-"));
    expect(await fromFolder({ ...component, build: { programs: {} } } as Component, folder)).toBe(
      `${folder} has no etcd`,
    );
    await fs.rm(folder, { recursive: true });
  });
});
