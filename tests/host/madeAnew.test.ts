import { leftAsBefore, remoteScript } from "../../host/remoteScript";
import { Sandbox, shells } from "../support/sandbox";
import { configPath, removeScript, unitPath, ServiceScene } from "../support/serviceHost";

const state = "/var/lib/kubernetes-worker-nodes";
const second = "/etc/app/second";
const known = [unitPath, configPath];

/** What a removal of what another resource has now ends with. */
const nothingRemoved = {
  status: 22,
  stderr: "another resource of the program has what there is of app.service now\n",
};

describe.each(shells)("a service whose resource is made anew under the same claim, under %s", (_name, shell) => {
  const scene = new ServiceScene(shell);
  const { apply, succeed } = scene;
  let host: Sandbox;
  beforeEach(() => (host = scene.host));
  const remove = (instance: string) => host.run(removeScript(known, [], instance), shell);

  test("is not touched by the removal of the resource before, and goes with its own", () => {
    succeed({ config: "one", instance: "a" });
    succeed({ config: "one", instance: "b" });
    expect(remove("a")).toMatchObject({ ...nothingRemoved, calls: [] });
    expect([host.has(configPath), host.has("/run/pid"), host.read("/run/starts")]).toEqual([true, true, "1\n"]);
    expect(remove("b")).toMatchObject({ status: 0 });
    expect([host.has(configPath), host.has(unitPath), host.has(state)]).toEqual([false, false, false]);
  });

  test("is not touched either by that of a resource which had no name yet", () => {
    succeed({ config: "one" });
    succeed({ config: "one", instance: "b" });
    expect(remove("")).toMatchObject(nothingRemoved);
  });

  test("takes away what the resource before has left, and gives back what was there before that one", () => {
    host.file(second, "the administrator's");
    succeed({ config: "one", instance: "a", more: { [second]: { content: "ours" } } });
    succeed({ config: "one", instance: "b" });
    expect(host.read(second)).toBe("the administrator's");
    expect(remove("b")).toMatchObject({ status: 0 });
    expect(host.read(second)).toBe("the administrator's");
  });

  test("is still the resource's before where the change did not hold", () => {
    succeed({ config: "one", instance: "a" });
    expect(apply({ config: "sick", instance: "b" }).status).toBe(leftAsBefore);
    expect(remove("a")).toMatchObject({ status: 0 });
    expect([host.has(configPath), host.has(state)]).toEqual([false, false]);
  });

  test("is taken back by the resource before where the new one was never recorded, which a look tells", () => {
    succeed({ config: "one", instance: "a" });
    succeed({ config: "two", instance: "lost" });
    const values = { unit: "app.service", files: [], programs: [], instance: "a" };
    const look = remoteScript({ name: "app.service", file: "serviceLook", values, functions: { look: undefined } });
    expect(host.run(look, shell).stdout).toContain(
      "fault|app.service was changed by a resource that is not in the state",
    );
    succeed({ config: "one", instance: "a", known });
    expect(host.run(look, shell).stdout).not.toContain("fault|app.service");
    expect(remove("a")).toMatchObject({ status: 0 });
  });

  test("goes with the claim, whichever resource it is of", () => {
    succeed({ config: "one", instance: "a" });
    const values = { units: ["app.service"], all: true };
    const release = remoteScript({ name: "claim", file: "claimRelease", values, functions: { cleanup: undefined } });
    expect(host.run(release, shell)).toMatchObject({ status: 0 });
    expect([host.has(configPath), host.has(state)]).toEqual([false, false]);
  });

  test.each([
    [
      "is disabled where only the link by which it starts at boot is left",
      true,
      ["stop app.service", "disable --quiet --no-reload app.service"],
    ],
    ["is asked nothing more where nothing is left of it", false, []],
  ])("a service that the claim gives up %s", (_what, linked, expected) => {
    const link = "/etc/systemd/system/multi-user.target.wants/app.service";
    if (linked) host.link(link, unitPath);
    const values = { units: ["app.service"], all: true };
    const release = remoteScript({ name: "claim", file: "claimRelease", values, functions: { cleanup: undefined } });
    const { calls } = host.run(release, shell);
    expect(calls.filter((call) => /^systemctl (stop|disable)/.test(call))).toEqual(
      expected.map((call) => `systemctl ${call}`),
    );
  });
});
