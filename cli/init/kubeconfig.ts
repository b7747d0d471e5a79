import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { fieldsOf, listOf } from "../../base/rules/finding";
import { UsageError } from "../arguments";

/** What a kubeconfig says of its current context's cluster. */
export interface KnownCluster {
  /** The kubeconfig with that context only, and no other file needed to read it. */
  kubeconfig: string;
  server: string;
  caCertPem: string;
}

/** Where a kubeconfig is when nobody says: as kubectl looks for it, then where kubeadm writes it. */
export function findKubeconfig(): string | undefined {
  const named = (process.env["KUBECONFIG"] ?? "").split(":").filter((file) => file !== "");
  return [...named, join(homedir(), ".kube/config"), "/etc/kubernetes/admin.conf"].find((file) => existsSync(file));
}

/** @throws UsageError saying what is wrong with the file; nothing of its content but names */
export function readKubeconfig(file: string): KnownCluster {
  const document = fieldsOf(yamlOf(file));
  const name = document["current-context"];
  const context = entry(document["contexts"], name, "context");
  const cluster = inlined(entry(document["clusters"], context["cluster"], "cluster"), file, ["certificate-authority"]);
  const user = inlined(entry(document["users"], context["user"], "user"), file, ["client-certificate", "client-key"]);
  const { server } = cluster;
  if (typeof name !== "string" || typeof server !== "string")
    throw new UsageError(
      `${file}: has no current-context with a cluster and its server; kubectl config use-context NAME sets one`,
    );
  const data = cluster["certificate-authority-data"];
  const caCertPem = Buffer.from(typeof data === "string" ? data : "", "base64").toString();
  const kubeconfig = dump(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: context["cluster"], cluster }],
      users: [{ name: context["user"], user }],
      contexts: [{ name, context }],
      "current-context": name,
    },
    { lineWidth: -1, noRefs: true },
  );
  return { kubeconfig, server, caCertPem };
}

function yamlOf(file: string): unknown {
  try {
    return load(readFileSync(file, "utf8"));
  } catch (error) {
    // js-yaml quotes the text around a mistake, which may be a key.
    const reason = error instanceof Error && "code" in error ? String(error.code) : "is no YAML";
    throw new UsageError(`${file}: ${reason}; give the file of an admin kubeconfig by --kubeconfig`, { cause: error });
  }
}

function entry(list: unknown, name: unknown, kind: string): Record<string, unknown> {
  const found = listOf(list).find((item) => fieldsOf(item)["name"] === name);
  return fieldsOf(fieldsOf(found)[kind]);
}

/** With the content of files that it names, so that the text is whole. */
function inlined(fields: Record<string, unknown>, file: string, keys: string[]): Record<string, unknown> {
  const all = Object.entries(fields).map(([key, value]) => {
    if (!keys.includes(key) || typeof value !== "string") return [key, value];
    const path = resolve(dirname(file), value);
    if (!existsSync(path)) throw new UsageError(`${file}: names ${path} as ${key}, which is not there`);
    return [`${key}-data`, readFileSync(path).toString("base64")];
  });
  return Object.fromEntries(all) as Record<string, unknown>;
}
