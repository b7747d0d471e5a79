import { RpcError } from "../../../lab/engine/rpc";
import { unknownValue } from "../../../lab/engine/values";
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

  test("a failed update keeps the resource with what the server has", async () => {
    const client = await scene.serve(bindingType);
    const { id, outputs } = await create(client, binding());
    scene.cluster.failNextWrite = { code: 409, message: "conflict with another manager" };
    const error = await client.update(outputs, { ...binding(), subjects: [] }, { id }).then(
      () => undefined,
      (reason: unknown) => (reason instanceof RpcError ? reason : undefined),
    );
    expect(error?.message).toBe(
      'the Kubernetes API server reported that "kubelet-bootstrap" failed to fully initialize or become live: ' +
        "conflict with another manager",
    );
    expect(error?.partial).toMatchObject({ id: "kubelet-bootstrap", outputs: { roleRef: binding().roleRef } });
  });

  test("an object that is gone cannot be updated", async () => {
    const client = await scene.serve(bindingType);
    const { outputs } = await create(client, binding());
    scene.cluster.objects.clear();
    await expect(client.update(outputs, binding())).rejects.toThrow(/^update of resource "urn.*" failed: .* not found/);
  });
});

describe("provider configuration", () => {
  test("another server replaces, another token does not, and clusterIdentifier decides where it is set", async () => {
    const client = await scene.serve(bindingType);
    const [here, there] = [scene.cluster.kubeconfig(), scene.cluster.kubeconfig("https://elsewhere:1")];
    const token = scene.cluster.kubeconfig(undefined, "other");
    expect(await client.diffConfig({ kubeconfig: here }, { kubeconfig: here })).toMatchObject({ changes: false });
    expect(await client.diffConfig({ kubeconfig: here }, { kubeconfig: token })).toMatchObject({
      changes: true,
      replaces: [],
    });
    const replaced = { replaces: ["kubeconfig"] };
    expect(await client.diffConfig({ kubeconfig: here }, { kubeconfig: there })).toMatchObject(replaced);
    expect(await client.diffConfig({ kubeconfig: here }, { kubeconfig: unknownValue })).toMatchObject(replaced);
    const identified = { kubeconfig: here, clusterIdentifier: "a" };
    expect(await client.diffConfig(identified, { ...identified, kubeconfig: unknownValue })).toMatchObject({
      replaces: [],
    });
    const other = { ...identified, clusterIdentifier: "b" };
    expect(await client.diffConfig(identified, other)).toMatchObject({ replaces: ["clusterIdentifier"] });
  });

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
