import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Compares a text with the file it is expected to be, byte for byte. UPDATE_GOLDEN=1 writes the file instead; a missing one is
 * written too, except with CI=true. Look at the diff of the file before committing it.
 */
export function expectGolden(testDirectory: string, name: string, actual: string): void {
  const path = join(testDirectory, "testdata", name);
  const mayWrite = process.env.CI !== "true";
  if (process.env.UPDATE_GOLDEN === "1" || (mayWrite && !existsSync(path))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  if (!existsSync(path)) {
    throw new Error(`golden file ${path} is missing; run the test with UPDATE_GOLDEN=1 and commit the file`);
  }
  expect(actual).toBe(readFileSync(path, "utf8"));
}
