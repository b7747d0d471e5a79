import { makeSecret, unknownValue } from "../../../lab/standins/protocol/values";
import { binding, bindingType, create, secretPath, secretType, tokenSecret, useCluster } from "./clusterScene";

const scene = useCluster();

describe("a Secret", () => {
  test("is created with its data secret everywhere, and the live object in the outputs", async () => {
    const client = await scene.serve(secretType);
    const { id, inputs, outputs } = await create(client, tokenSecret());
    const data = makeSecret({ "token-secret": Buffer.from("abc").toString("base64") });
    expect(inputs).toEqual({ ...tokenSecret(), stringData: undefined, data });
    expect(id).toBe("kube-system/bootstrap-token-x");
    expect(outputs).toMatchObject({ data, __inputs: { data }, __initialApiVersion: "v1" });
    expect(outputs.metadata).toMatchObject({
      uid: expect.any(String) as string,
      creationTimestamp: "2026-01-02T03:04:05Z",
    });
    expect(outputs.__fieldManager).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
    const [post] = scene.cluster.requests.filter(({ method }) => method === "POST");
    expect(post).toMatchObject({ path: secretPath, authorization: "Bearer t0ken" });
    expect(post?.query).toEqual({ fieldManager: "pulumi-kubernetes" });
    expect(await client.diff(outputs, inputs)).toMatchObject({ changes: false });
  });

  test("unknown data stays as it is until it is known", async () => {
    const client = await scene.serve(secretType);
    const news = { ...tokenSecret(), stringData: makeSecret({ "token-secret": unknownValue }) };
    const { inputs } = await client.check(news);
    expect(inputs).toEqual(news);
    expect(await client.create(inputs, { preview: true })).toEqual({ id: "", outputs: news });
    expect(scene.cluster.calls()).toEqual([]);
    const { outputs } = await create(client, tokenSecret());
    expect(await client.diff(outputs, inputs)).toMatchObject({ replaces: ["data", "stringData"] });
  });
});

describe("a ClusterRoleBinding", () => {
  test("changes in place by server-side apply, after taking over what the create owned", async () => {
    const client = await scene.serve(bindingType);
    const { outputs, id } = await create(client, binding());
    const asked = {
      ...binding(),
      subjects: [],
      metadata: { name: "kubelet-bootstrap", labels: { app: "b", "x.y/z": "1" } },
    };
    const { inputs: news } = await client.check(asked, binding());
    // The API knows no empty list: it is as if the property were not there.
    expect(news).not.toHaveProperty("subjects");
    const paths = ["metadata.labels.app: UPDATE", 'metadata.labels["x.y/z"]: ADD', "subjects: DELETE"];
    expect(await client.diff(outputs, news)).toMatchObject({ details: paths, replaces: [] });
    expect(await client.diff(outputs, news, ["subjects", "metadata.*.app", "metadata.labels"])).toMatchObject({
      changes: false,
    });
    expect(await client.diff(outputs, news, ["subjects", "metadata.*.app"])).toMatchObject({ details: [paths[1]] });
    scene.cluster.calls();
    const after = await client.update(outputs, news, { id });
    expect(after).toMatchObject({ __inputs: news, metadata: news.metadata });
    const writes = scene.cluster.requests.filter(({ method }) => method === "PATCH");
    const manager = outputs.__fieldManager as string;
    const adopted = [{ manager, operation: "Apply", fieldsV1: { "f:data": {} } }];
    expect(writes).toMatchObject([
      { contentType: "application/merge-patch+json", body: { metadata: { managedFields: adopted } } },
      { contentType: "application/apply-patch+yaml", query: { fieldManager: manager, force: "false" }, body: news },
    ]);
    expect(await client.diff(after, news)).toMatchObject({ changes: false });
  });

  test("is not named by the stand-in, nor steered by annotations: both are refused by name", async () => {
    const client = await scene.serve(bindingType);
    const metadata = { name: "", annotations: { "pulumi.com/patchForce": "true", mine: "1" } };
    expect((await client.check({ ...binding(), metadata })).failures).toEqual([
      "metadata.name: must be set: the stand-in chooses none",
      'metadata.annotations["pulumi.com/patchForce"]: is not served by the stand-in',
    ]);
    const unknownName = { ...binding(), metadata: { name: unknownValue } };
    expect((await client.check(unknownName)).failures).toEqual([]);
    const withNull = { ...binding(), metadata: { name: "a", labels: null } };
    expect((await client.check(withNull)).inputs.metadata).toEqual({ name: "a" });
    const secrets = await scene.serve(secretType);
    expect((await secrets.check({ ...tokenSecret(), metadata: { name: "a" } })).failures).toEqual([
      "metadata.namespace: must be set: the stand-in chooses none",
    ]);
  });

  test("that exists already fails to be created, unless upsertExistingObjects is set", async () => {
    const client = await scene.serve(bindingType);
    await create(client, binding());
    const again = create(client, binding("other"));
    await expect(again).rejects.toThrow(/"kubelet-bootstrap" already exists\n\n.*upsertExistingObjects/);
    const upserting = await scene.serve(bindingType, { upsertExistingObjects: "true" });
    expect((await create(upserting, binding("other"))).outputs.roleRef).toMatchObject({ name: "other" });
    expect(scene.cluster.requests.at(-1)).toMatchObject({
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
    });
    const owned = { ...binding(), metadata: { name: "owned", annotations: { "pulumi.com/patchFieldManager": "me" } } };
    expect((await create(upserting, owned)).outputs["__fieldManager"]).toBe("me");
    expect(scene.cluster.requests.at(-1)?.query).toMatchObject({ fieldManager: "me" });
    scene.cluster.failNextWrite = { code: 409, message: "Apply failed with 1 conflict" };
    await expect(create(upserting, binding())).rejects.toThrow(/API server: Apply failed with 1 conflict$/);
  });
});
