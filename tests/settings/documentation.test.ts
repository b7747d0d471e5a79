import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { parseSettings } from "../../settings";
import { z } from "zod";
import { described } from "../../base/rules/described";
import { flag, integer } from "../../base/rules/values";
import { configSection } from "../../settings/reference/projectFile";
import { stackSchema } from "../../settings/reference/stackSchema";
import { secretKeys, settingsSchema } from "../../settings/schema";
import { hostsOf, publicKeyLine, selfSigned, testConfiguration } from "./testConfiguration";

/** A file of the repository's root, parsed as YAML. */
function yamlFile(name: string): Record<string, unknown> {
  const value = load(readFileSync(`${__dirname}/../../${name}`, "utf8"));
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

it("the editor's schema knows every key of the lab's stack, and only Pulumi's way to write a secret", () => {
  const schema = stackSchema(settingsSchema.shape);
  const known = fields(fields(fields(fields(schema)["properties"])["config"])["properties"]);
  const config = fields(yamlFile("Pulumi.dev.yaml")["config"]);
  expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(config)));
  for (const key of secretKeys)
    expect(known[`kubernetes-worker-nodes:${key}`]).toMatchObject({ $ref: "#/definitions/secure" });
});

it("a setting of whatever form gets a type and a default that the Pulumi CLI takes", () => {
  const section = configSection({
    mtu: described("MTU of the pods' links. More.", integer(576, 9000).optional()),
    proxy: described("A proxy.", flag.default(false)),
    mirrors: described("Mirrors, `a|b`.", z.array(z.string()).default([])),
  });
  expect(load(section)).toEqual({
    config: {
      mtu: { type: "string", default: "", description: "MTU of the pods' links." },
      proxy: { type: "boolean", default: false, description: "A proxy." },
      mirrors: { type: "array", items: { type: "string" }, default: [], description: "Mirrors, a|b." },
    },
  });
});

it("the lab's stack has no secret, and is complete once the lab adds what it generates", async () => {
  const config = fields(yamlFile("Pulumi.dev.yaml")["config"]);
  const stack = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("kubernetes-worker-nodes:", ""), value]),
  );
  expect(Object.keys(stack).filter((key) => secretKeys.includes(key))).toEqual([]);

  const hosts: unknown[] = Array.isArray(stack["hosts"]) ? stack["hosts"] : [];
  const generated = testConfiguration(await selfSigned(true));
  const { settings, errors } = parseSettings({
    ...generated,
    ...stack,
    hosts: hosts.map((host, index) => ({ ...fields(host), hostKey: publicKeyLine("ssh-ed25519", index) })),
  });
  expect(errors).toEqual([]);
  expect(hostsOf(settings).map(({ name, address, labels }) => [name, address, labels])).toEqual([
    ["node-1", "10.231.0.11", { "node-role.kubernetes.io/worker": "" }],
    ["node-2", "10.231.0.12", { "node-role.kubernetes.io/worker": "" }],
  ]);
});
