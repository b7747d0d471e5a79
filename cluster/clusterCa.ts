import { certificateDigests } from "../base/certificateDigests";
import { load } from "js-yaml";

/** The parts of a kubeconfig that lead to a cluster's CA. */
interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name?: string; readonly context?: { readonly cluster?: string } }[];
  readonly clusters?: readonly {
    readonly name?: string;
    readonly cluster?: { readonly "certificate-authority-data"?: string };
  }[];
}

/**
 * Fingerprints of the CA certificates of a kubeconfig's current cluster. Empty where it brings none: it then relies on the
 * machine's own, names a file, or skips the check; and where the text is no kubeconfig.
 *
 * @param kubeconfig text of the kubeconfig; never repeated in an error.
 * @returns SHA-256 of each certificate as 64 small hex digits.
 */
export function clusterCa(kubeconfig: string): string[] {
  const { contexts, clusters, ...config } = parse(kubeconfig);
  const context = contexts?.find(({ name }) => name === config["current-context"])?.context;
  const cluster = clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const data = cluster?.["certificate-authority-data"];
  return typeof data === "string" ? certificateDigests(Buffer.from(data, "base64").toString("latin1")) : [];
}

/** The parser's own errors quote lines of the kubeconfig: they are dropped. */
function parse(kubeconfig: string): Kubeconfig {
  try {
    const parsed = load(kubeconfig);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
