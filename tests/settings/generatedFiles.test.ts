import { readFileSync, writeFileSync } from "node:fs";
import { generatedFiles } from "../../settings/reference";

const root = `${__dirname}/../..`;

test.each(Object.keys(generatedFiles))("%s is what the schema makes it (UPDATE_GOLDEN=1 makes it so)", (name) => {
  const file = `${root}/${name}`;
  const before = readFileSync(file, "utf8");
  const after = generatedFiles[name]?.(before);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, after ?? "");
  expect(readFileSync(file, "utf8")).toBe(after);
});
