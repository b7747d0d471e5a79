import * as fs from "node:fs/promises";
import * as path from "node:path";
import { readIfExists, writeFileAtomic } from "../machine/files";
import { clusterCertificates, trustedCasFile } from "./credentials";
import { ensureCa } from "./pki";

/**
 * The steps by which an administrator gives a cluster another CA: the new one is trusted beside the old one, then signs, then the
 * old one is trusted no more. Source: https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/
 */
export type CaStep = "trust the new one" | "sign by the new one" | "distrust the old one";

/** Name of the new CA until it signs. */
const next = "next-ca";

/** Brings the files of the cluster's CA to what they are after a step; what they make has to be made, and read, again. */
export async function takeCaStep(pki: string, step: CaStep): Promise<void> {
  const read = async (name: string): Promise<string> => (await readIfExists(path.join(pki, name))) ?? "";
  const trusted = path.join(pki, trustedCasFile);
  switch (step) {
    case "trust the new one": {
      const { certificate } = await ensureCa(pki, next, "kubernetes");
      return writeFileAtomic(trusted, `${await read("ca.crt")}${certificate}`);
    }
    case "sign by the new one":
      for (const end of ["crt", "key"]) await fs.rename(path.join(pki, `${next}.${end}`), path.join(pki, `ca.${end}`));
      for (const name of clusterCertificates) await fs.rm(path.join(pki, `${name}.crt`), { force: true });
      return;
    case "distrust the old one":
      return writeFileAtomic(trusted, await read("ca.crt"));
  }
}
