import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { parseSettings } from "../../settings";
import { knownFields, secretKeys, settingsSchema } from "../../settings/schema";
import { publicKeyLine, selfSigned, testConfiguration } from "./testConfiguration";

/** A file of the repository's root, parsed as YAML. */
function yamlFile(name: string): Record<string, unknown> {
  const value = load(readFileSync(`${__dirname}/../../${name}`, "utf8"));
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

const declared = Object.entries(fields(yamlFile("Pulumi.yaml")["config"])).map(([key, value]) => ({
  key,
  ...fields(value),
}));
/** Rows of the Markdown tables: the name in the first cell, then the other cells. */
const rows = readFileSync(`${__dirname}/../../docs/settings.md`, "utf8")
  .split("\n")
  .map((line) => /^\| `(\w+)` +\|(.*)\|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, name = "", rest = ""]) => ({ name, cells: rest.split("|").map((cell) => cell.trim()) }));

it("Pulumi.yaml declares exactly the keys that are parsed, each with type, default and description", () => {
  expect(declared.map(({ key }) => key)).toEqual(knownFields.settings);
  for (const entry of declared) {
    expect(entry).toMatchObject({ type: expect.any(String) as string, description: expect.any(String) as string });
    expect(entry).toHaveProperty("default");
  }
});

it("Pulumi.yaml and the parser give the same defaults", () => {
  const parserDefaults = Object.entries(settingsSchema.shape).map(([key, field]) => {
    const { success, data } = field.safeParse(undefined);
    return [key, success ? data : undefined];
  });
  const unset = (value: unknown) => (value === "" || (Array.isArray(value) && value.length === 0) ? undefined : value);
  expect(declared.map((entry) => [entry.key, unset(fields(entry)["default"])])).toEqual(parserDefaults);
});

it("Pulumi.yaml says of every secret, and of nothing else, that it is one", () => {
  const said = declared
    .filter((entry) => /\bsecret\b/i.test(String(fields(entry)["description"])))
    .map(({ key }) => key);
  expect(said).toEqual([...secretKeys]);
});

it("docs/settings.md has a row for every key and field, and for no other", () => {
  const expected = new Set([...knownFields.settings, ...knownFields.host, ...knownFields.archBinaries]);
  expect(new Set(rows.map(({ name }) => name))).toEqual(expected);
});

it("docs/settings.md gives the defaults that Pulumi.yaml declares", () => {
  for (const entry of declared) {
    const value = fields(entry)["default"];
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    const cell = rows.find(({ name }) => name === entry.key)?.cells[1];
    expect(`${entry.key} ${cell}`).toMatch(
      shown === "" || shown === "[]" || entry.key === "binaries"
        ? new RegExp(`^${entry.key} (required|not set|containerd's own)$`)
        : `${entry.key} \`${shown}\``,
    );
  }
});

it("the lab's stack has no secret, and is complete once the lab adds what it generates", async () => {
  const config = fields(yamlFile("Pulumi.dev.yaml")["config"]);
  const stack = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("kubernetes-worker-nodes:", ""), value]),
  );
  expect(Object.keys(stack).filter((key) => secretKeys.some((secret) => secret === key))).toEqual([]);

  const hosts: unknown[] = Array.isArray(stack["hosts"]) ? stack["hosts"] : [];
  const generated = testConfiguration(await selfSigned(true));
  const { settings, errors } = parseSettings({
    ...generated,
    ...stack,
    hosts: hosts.map((host, index) => ({ ...fields(host), hostKey: publicKeyLine("ssh-ed25519", index) })),
  });
  expect(errors).toEqual([]);
  expect(settings?.hosts.map(({ name, address, labels }) => [name, address, labels])).toEqual([
    ["node-1", "10.231.0.11", { "node-role.kubernetes.io/worker": "" }],
    ["node-2", "10.231.0.12", { "node-role.kubernetes.io/worker": "" }],
  ]);
});
