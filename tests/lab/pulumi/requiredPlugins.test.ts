import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { devDependencies as pinned } from "../../../package.json";
import { requiredPlugins } from "../../../lab/pulumi/requiredPlugins";

const pins: Record<string, string> = pinned;

test("this program needs the plugins of its three packages, at the versions that are installed", () => {
  expect(requiredPlugins(path.join(__dirname, "../../.."))).toEqual(
    ["command", "kubernetes", "tls"].map((name) => ({ name, version: pins[`@pulumi/${name}`] })),
  );
});

test("a package may name its plugin and version otherwise than itself; one without plugin needs none, but those it depends on may", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "program-"));
  const write = (folder: string, manifest: object): void => {
    fs.mkdirSync(path.join(directory, folder), { recursive: true });
    fs.writeFileSync(path.join(directory, folder, "package.json"), JSON.stringify(manifest));
  };
  write(".", { version: "1.0.0", dependencies: { "@acme/other": "*", "@acme/plain": "*", left: "*", gone: "*" } });
  write("node_modules/@acme/other", { version: "1.0.0", pulumi: { resource: true, name: "acme", version: "v2.0.0" } });
  write("node_modules/@acme/plain", { version: "3.0.0", pulumi: { resource: true } });
  write("node_modules/left", { version: "4.0.0", dependencies: { below: "*" }, peerDependencies: { beside: "*" } });
  write("node_modules/below", { version: "5.0.0", pulumi: { resource: true }, dependencies: { left: "*" } });
  write("node_modules/beside", { version: "6.0.0", pulumi: { resource: true } });
  expect(requiredPlugins(directory)).toEqual([
    { name: "acme", version: "2.0.0" },
    { name: "below", version: "5.0.0" },
    { name: "beside", version: "6.0.0" },
    { name: "plain", version: "3.0.0" },
  ]);
  fs.rmSync(directory, { recursive: true });
});
