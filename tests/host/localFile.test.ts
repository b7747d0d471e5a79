import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkLocalFile } from "../../host/localSource";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("a local source, before anything of it is sent", () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "source-"));
    file = join(directory, "kubelet");
    writeFileSync(file, "first");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("is found where its checksum is the one given", async () => {
    await expect(checkLocalFile(file, sha256("first"))).resolves.toBe(file);
  });

  test("is refused as a folder, not by the checksum of nothing", async () => {
    await expect(checkLocalFile(directory, sha256(""))).rejects.toThrow(
      `source ${directory}: is a folder on the machine that runs Pulumi; give the path of the file in it`,
    );
  });

  test("is refused where it is missing, or no file", async () => {
    await expect(checkLocalFile(`${file}.missing`, sha256("first"))).rejects.toThrow("no such file");
    await expect(checkLocalFile("/dev/null", sha256(""))).rejects.toThrow("is no regular file");
  });

  test("is refused by its checksum, with the one seen and the one expected", async () => {
    const expected = "a".repeat(64);
    await expect(checkLocalFile(file, expected)).rejects.toThrow(`SHA-256 is ${sha256("first")}, expected ${expected}`);
  });

  test("is read again when it was written since", async () => {
    await checkLocalFile(file, sha256("first"));
    writeFileSync(file, "the second");
    await expect(checkLocalFile(file, sha256("the second"))).resolves.toBe(file);
  });
});
