import { parseStat, scriptName } from "../../bench/cpuSampler";
import { readExported, sizeOf } from "../../bench/stackState";
import { stepsOf } from "../../bench/tools/pulumiStack";

test("a process is told from /proc/PID/stat, whatever its name holds", () => {
  const fields = [
    "S",
    "7",
    ...Array.from({ length: 9 }, () => "0"),
    "250",
    "50",
    "0",
    "0",
    "20",
    "0",
    "1",
    "0",
    "98765",
  ];
  expect(parseStat(`42 (a) b (c) ${fields.join(" ")}`)).toEqual({
    key: "42:98765",
    comm: "a) b (c",
    ticks: 300,
  });
});

test.each([
  [["/usr/bin/node", "/p/@pulumi/pulumi/cmd/run/index.js", "--monitor"], "node run"],
  [["node", "--flag", "/p/cmd/dynamic-provider", "127.0.0.1:1"], "node dynamic-provider"],
  [["node", "-e", "import('a/b')\n"], "node"],
])("an interpreter has the name of its script: %j", (args, expected) => {
  expect(scriptName("node", args)).toBe(expected);
});

test("the CLI's lines tell how long each kind of step took", () => {
  const output = `
 +  pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-1-kubelet creating (0s)
 +  pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-1-kubelet created (4s)
 +  pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-2-kubelet created (0.40s)
 +  pulumi:pulumi:Stack p-s created (9s)
 ~  command:remote:Command node-1-verification updated (320ms) [diff: ~stdin]
`;
  expect(stepsOf(output)).toEqual({ "kubelet created": [4, 0.4], "verification updated": [0.32] });
});

test("a state is read with its secrets opened, and counted by nodes, of which none is another's beginning", () => {
  const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: '{"a":{"content":"x"}}',
  };
  const resource = (name: string, custom: boolean) => ({
    urn: `urn:pulumi:s::p::t::${name}`,
    type: "t",
    custom,
    inputs: { files: secret },
  });
  const resources = readExported(
    JSON.stringify({
      deployment: {
        resources: [
          resource("node-1", false),
          resource("node-1-kubelet", true),
          resource("node-11-kubelet", true),
          resource("cluster", true),
        ],
      },
    }),
  );
  expect(resources[1]).toEqual({
    name: "node-1-kubelet",
    type: "t",
    custom: true,
    inputs: { files: { a: { content: "x" } } },
  });
  expect(sizeOf(1000, resources, ["node-1"])).toEqual({
    bytes: 1000,
    bytesPerNode: 1000,
    customResourcesPerNode: 1,
    componentsPerNode: 1,
  });
});
