import { commandStandIn } from "../../../lab/standins/command";
import { kubernetesStandIn } from "../../../lab/standins/kubernetes";
import { standInNames } from "../../../lab/standins/names";
import type { StandIn } from "../../../lab/standins/protocol/standIn";
import { tlsStandIn } from "../../../lab/standins/tls";
import { findRealPlugin, sdkVersion, type Contract, type Scene } from "./contract";
import { commandContract } from "./contractCommand";
import { kubernetesContract } from "./contractKubernetes";
import { noClusterContract } from "./contractNoCluster";
import { tlsContract } from "./contractTls";
import { PluginClient } from "./pluginClient";
import { FakeEngine, portOf, startPlugin } from "./pluginProcess";

/** A plugin that serves, for any of its types. */
interface Served {
  client: PluginClient;
  stop: () => void;
}

async function startReal(executable: string): Promise<Served> {
  const engine = await new FakeEngine().start();
  const child = startPlugin(executable, engine);
  const client = PluginClient.connect(await portOf(child), "");
  const stop = () => {
    client.close();
    child.kill("SIGKILL");
    engine.stop();
  };
  return { client, stop };
}

async function startStandIn(standIn: StandIn): Promise<Served> {
  const client = await PluginClient.serve(standIn, "");
  return { client, stop: () => client.close() };
}

/** Each row for the stand-in, and again for the real plugin where it is at hand. */
function holds<Its extends Scene>(standIn: StandIn, { start, rows, configured }: Contract<Its>): void {
  const real = findRealPlugin(standIn.name);
  const plugins: [string, () => Promise<Served>][] = [["the stand-in", () => startStandIn(standIn)]];
  if (real !== undefined) plugins.push([real, () => startReal(real)]);

  describe.each(plugins)("%s", (_, startPlugin) => {
    let scene: Its;
    let plugin: Served;
    const agent = process.env.SSH_AUTH_SOCK;

    beforeAll(async () => {
      delete process.env.SSH_AUTH_SOCK;
      [scene, plugin] = await Promise.all([start(), startPlugin()]);
      const answer = await plugin.client.of(standIn.name).configure(scene.config);
      expect([answer.getAcceptsecrets(), answer.getSupportspreview()]).toEqual(configured);
      expect((await plugin.client.version()).replace("+stand-in", "")).toBe(sdkVersion(standIn.name));
    }, 60_000);
    afterAll(async () => {
      if (agent !== undefined) process.env.SSH_AUTH_SOCK = agent;
      plugin.stop();
      await scene.stop();
    });

    test.each(rows)(
      "$title",
      async ({ type, answers, expected }) => expect(await answers(plugin.client.of(type), scene)).toEqual(expected),
      60_000,
    );
  });
}

const missing = standInNames.filter((name) => findRealPlugin(name) === undefined);
if (missing.length > 0)
  process.stderr.write(`not at hand, so only their stand-ins are checked: ${missing.join(", ")}\n`);

describe("command", () => holds(commandStandIn, commandContract));
describe("kubernetes", () => holds(kubernetesStandIn(), kubernetesContract));
describe("kubernetes without a cluster", () => holds(kubernetesStandIn(), noClusterContract));
describe("tls", () => holds(tlsStandIn, tlsContract));
