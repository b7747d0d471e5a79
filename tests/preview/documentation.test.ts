import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withGenerated } from "../../settings/reference/markdown";

const root = join(__dirname, "../..");
const source = "tests/e2e/testdata";

test("docs/ci.md shows the comments as they came out of real previews (UPDATE_GOLDEN=1 puts them in)", () => {
  const file = join(root, "docs/ci.md");
  const before = readFileSync(file, "utf8");
  const names = [...before.matchAll(/^<!-- (comment-\S+): made from/gm)].map(([, name = ""]) => name);
  expect(names).toHaveLength(6);
  const comments = names.map((name) => {
    const golden = join(root, source, `${name}.md`);
    expect(`${name} ${existsSync(golden)}`).toBe(`${name} true`);
    return [name, readFileSync(golden, "utf8").trimEnd()];
  });
  const after = withGenerated(before, Object.fromEntries(comments) as Record<string, string>, source);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, after);
  expect(readFileSync(file, "utf8")).toBe(after);
});
