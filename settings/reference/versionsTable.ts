import { kubernetesChanges, type KubernetesChange } from "../../base/kubernetesChanges";
import { paddedTable } from "./markdown";

/** What differs by release, in the order of the releases, as a table in Markdown. */
export function versionsTable(): string {
  const changes = Object.values<KubernetesChange>(kubernetesChanges).sort((a, b) => a.since - b.since);
  const rows = changes.map(({ since, what, here, source }) => [`1.${since}`, what, here, link(source)]);
  return paddedTable(["from", "what is so", "what follows here", "source"], rows);
}

/** By what people call it: a KEP's number, a file of changes, a pull request. */
function link(source: string): string {
  const [last = ""] = source.split("/").slice(-1);
  const name = source.includes("/enhancements/")
    ? `KEP-${last}`
    : last.endsWith(".md")
      ? last.slice(0, -3)
      : `#${last}`;
  return `[${name}](${source})`;
}
