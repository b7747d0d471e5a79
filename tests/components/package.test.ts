import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { version } from "@pulumi/command/package.json";
import { exports } from "../../package.json";

const project = join(__dirname, "../..");

describe("the package", () => {
  it("is the component library to a program that imports it", () => {
    const found = execFileSync(process.execPath, ["-p", 'require.resolve("kubernetes-worker-nodes")'], {
      cwd: project,
      encoding: "utf8",
    });
    expect(found.trim()).toBe(join(project, "dist/components/index.js"));
  });

  it("is the stack program to Pulumi, whose runner reads the default condition", () => {
    expect(exports["."].default).toBe("./dist/index.js");
  });

  it("has @pulumi/command 1.x: the 4.5.0 that some registries call latest is a stray old release", () => {
    expect(version).toMatch(/^1\./);
  });
});
