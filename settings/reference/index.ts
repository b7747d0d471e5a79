import { groups, parts, settingsSchema } from "../schema";
import { markdownTable, withGenerated } from "./markdown";
import { configSection } from "./projectFile";
import { stackSchema } from "./stackSchema";
import { versionsTable } from "./versionsTable";

/** Files that are made of the schema, wholly or in part: path in the repository -> what it has to be, given what it is. */
export const generatedFiles: Readonly<Record<string, (before: string) => string>> = {
  "Pulumi.yaml": (before) => `${before.split(/^config:$/m)[0] ?? ""}${configSection(settingsSchema.shape)}`,
  "docs/settings.md": (before) => withGenerated(before, tables()),
  "docs/versions.md": (before) => withGenerated(before, { changes: versionsTable() }, "base/kubernetesChanges.ts"),
  "docs/stack.schema.json": () => `${JSON.stringify(stackSchema(settingsSchema.shape), null, 2)}\n`,
};

function tables(): Record<string, string> {
  const ofKeys = Object.entries(groups).map(([name, shape]) => [`${name} keys`, markdownTable("key", shape)]);
  const ofParts = Object.entries(parts).map(([name, shape]) => [`${name} fields`, markdownTable("field", shape)]);
  return Object.fromEntries([...ofKeys, ...ofParts]) as Record<string, string>;
}
