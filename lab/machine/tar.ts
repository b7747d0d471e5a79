import { run } from "./command";

/** Packs the content of a folder; the same content gives the same bytes. */
export async function packTar(directory: string, archive: string): Promise<void> {
  const stable = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  await run("tar", [...stable, "--create", "--file", archive, "--directory", directory, "."]);
}
