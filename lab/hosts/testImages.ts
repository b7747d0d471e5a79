import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { run } from "../machine/command";
import { cacheDirectory, hostImageDirectory } from "../machine/directories";
import { exists } from "../machine/files";
import { type Architecture, architecture } from "../machine/architecture";
import { packTar } from "../machine/tar";

/** An image that the lab makes from a Go program of ours, so that no registry is needed. */
interface TestImage {
  /** Folder of lab/hosts/image/ with its main.go. */
  program: string;
  reference: string;
}

/** The sandbox image, for the stack's `sandboxImage`. */
export const sandboxImage = "lab.local/pause:3.10";
/** A workload that answers HTTP on port 8080; see lab/hosts/image/echo/main.go. */
export const echoImage = "lab.local/echo:1";

const testImages: TestImage[] = [
  { program: "pause", reference: sandboxImage },
  { program: "echo", reference: echoImage },
];

/**
 * Makes the images' archives, in the form of `docker save`, in the cache. Returns the folder that has them.
 * The archives of unchanged programs have unchanged bytes.
 */
export async function makeTestImages(): Promise<string> {
  const sources = testImages.map((image) => path.join(hostImageDirectory(), image.program, "main.go"));
  const texts = await Promise.all(sources.map((source) => fs.readFile(source)));
  const key = createHash("sha256").update(Buffer.concat(texts)).digest("hex").slice(0, 16);
  const target = path.join(cacheDirectory(), "images", `${key}-${architecture()}`);
  if (await exists(target)) return target;
  await fs.mkdir(path.dirname(target), { recursive: true });
  const work = await fs.mkdtemp(`${target}.partial-`);
  try {
    const archives = path.join(work, "archives");
    await fs.mkdir(archives);
    for (const image of testImages) await makeArchive(image, work, path.join(archives, `${image.program}.tar`));
    await fs.rename(archives, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error; // another lab was faster
    });
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
  return target;
}

async function makeArchive(image: TestImage, work: string, archive: string): Promise<void> {
  const source = path.join(hostImageDirectory(), image.program, "main.go");
  const layer = path.join(work, image.program, "layer");
  const parts = path.join(work, image.program, "parts");
  await fs.mkdir(layer, { recursive: true });
  await fs.mkdir(parts);
  await run(
    "go",
    ["build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", path.join(layer, image.program), source],
    {
      env: { CGO_ENABLED: "0" },
      cwd: work,
    },
  );
  const layerTar = path.join(parts, "layer.tar");
  await packTar(layer, layerTar);
  const diffId = createHash("sha256")
    .update(await fs.readFile(layerTar))
    .digest("hex");
  const config = JSON.stringify(imageConfig(image.program, diffId, architecture()));
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  await fs.writeFile(path.join(parts, configName), config);
  const manifest = [{ Config: configName, RepoTags: [image.reference], Layers: ["layer.tar"] }];
  await fs.writeFile(path.join(parts, "manifest.json"), JSON.stringify(manifest));
  await packTar(parts, archive);
}

/** Image configuration as in the OCI image specification, config.md. */
function imageConfig(program: string, diffId: string, arch: Architecture): object {
  return {
    architecture: arch,
    os: "linux",
    config: { Entrypoint: [`/${program}`], WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: `lab/hosts/image/${program}` }],
  };
}
