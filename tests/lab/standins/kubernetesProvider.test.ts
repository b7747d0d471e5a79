import { unknownValue } from "../../../lab/standins/protocol/values";
import {
  binding,
  bindingPath,
  bindingType,
  create,
  secretPath,
  secretType,
  tokenSecret,
  useCluster,
} from "./clusterScene";

const scene = useCluster();

describe("preview", () => {
  test("asks a reachable server for a dry run and writes nothing", async () => {
    const client = await scene.serve(bindingType);
    const { id, outputs } = await client.create(binding(), { preview: true });
    expect(id).toBe("");
    expect(outputs.metadata).toMatchObject({ uid: expect.any(String) as string });
    expect(scene.cluster.calls()).toEqual([`POST ${bindingPath} (dry run)`]);
    expect(scene.cluster.objects.size).toBe(0);
    const { outputs: state } = await client.create(binding());
    scene.cluster.calls();
    await client.update(state, { ...binding(), subjects: [] }, { preview: true });
    const path = `${bindingPath}/kubelet-bootstrap`;
    expect(scene.cluster.calls()).toEqual([`GET ${path}`, `PATCH ${path} (dry run)`]);
  });

  test("shows the inputs and warns where the cluster is unreachable; a real create fails", async () => {
    const client = await scene.serve(bindingType);
    await scene.cluster.stop();
    expect(await client.create(binding(), { preview: true })).toEqual({ id: "", outputs: binding() });
    expect(client.log.lines).toContainEqual(expect.stringMatching(/^warning: stand-in: .*unreachable/));
    await expect(client.create(binding())).rejects.toThrow(
      /configured Kubernetes cluster is unreachable: .*ECONNREFUSED/,
    );
    await scene.cluster.start();
  });

  test("needs no kubeconfig at all", async () => {
    const client = await scene.serve(bindingType, { kubeconfig: unknownValue });
    expect(await client.create(binding(), { preview: true })).toEqual({ id: "", outputs: binding() });
    await expect(client.create(binding())).rejects.toThrow(/unreachable: the kubeconfig is not known yet/);
  });
});

describe("read and delete", () => {
  test("read sees drift in what the program asked for and nothing else, and that an object is gone", async () => {
    const client = await scene.serve(bindingType);
    const { id, inputs, outputs } = await create(client, binding());
    const path = `${bindingPath}/kubelet-bootstrap`;
    const object = scene.cluster.objects.get(path) ?? {};
    scene.cluster.objects.set(path, { ...object, subjects: [], aggregationRule: {} });
    const read = await client.read(id, outputs, inputs);
    expect(read.inputs).toEqual({ ...inputs, subjects: [] });
    expect(read.outputs).toMatchObject({ aggregationRule: {}, __fieldManager: outputs.__fieldManager });
    expect(await client.diff(read.outputs, inputs)).toMatchObject({ changes: true, replaces: [] });
    await expect(client.read(id)).rejects.toThrow(/import nothing/);
    scene.cluster.objects.clear();
    expect((await client.read(id, outputs, inputs)).id).toBe("");
  });

  test("delete waits until the object is gone, and one that is gone already is no error", async () => {
    const client = await scene.serve(secretType);
    const { id, outputs } = await create(client, tokenSecret());
    scene.cluster.calls();
    await client.delete(id, outputs);
    const path = `${secretPath}/bootstrap-token-x`;
    expect(scene.cluster.calls()).toEqual([`DELETE ${path}`, `GET ${path}`]);
    await client.delete(id, outputs);
  });

  test("an object that is gone cannot be updated", async () => {
    const client = await scene.serve(bindingType);
    const { outputs } = await create(client, binding());
    scene.cluster.objects.clear();
    await expect(client.update(outputs, binding())).rejects.toThrow(/^update of resource "urn.*" failed: .* not found/);
  });
});

describe("provider configuration", () => {
  test("settings that the stand-in does not serve are refused by name", async () => {
    const client = await scene.serve(bindingType);
    const refused = {
      deleteUnreachable: "true",
      enableServerSideApply: "false",
      namespace: "a",
      renderYamlToDirectory: "b",
    };
    expect((await client.checkConfig(refused)).sort()).toEqual(Object.keys(refused));
    const served = { kubeconfig: "x", deleteUnreachable: "false", enableServerSideApply: "true", __internal: {} };
    expect(await client.checkConfig(served)).toEqual([]);
    const pod = client.create({}, { type: "kubernetes:core/v1:Pod" });
    await expect(pod).rejects.toThrow(/does not serve kubernetes:core\/v1:Pod/);
  });
});
