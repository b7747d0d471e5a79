import { mapValues, omit } from "es-toolkit";
import {
  isPlainMap,
  unknownValue,
  makeSecret,
  type PropertyMap,
  type PropertyValue,
} from "../../../lab/standins/protocol/values";
import {
  binding,
  bindingPath,
  bindingType,
  checkedSecret,
  create,
  secretPath,
  secretType,
  tokenSecret,
} from "./clusterScene";
import { verdict, type Contract, type Row, type Scene } from "./contract";
import { FakeCluster } from "./fakeCluster";
import type { RpcError } from "./pluginClient";

interface KubernetesScene extends Scene {
  cluster: FakeCluster;
}

/** An object or a state without what the server, and chance, put into it. */
function plain(object: PropertyMap): PropertyMap {
  const server = ["uid", "creationTimestamp", "resourceVersion", "managedFields"];
  const plainPart = (part: PropertyValue, name: string): PropertyValue => {
    if (name === "__fieldManager" && typeof part === "string") return part.replace(/[0-9a-f]{8}$/, "HEX");
    return name === "metadata" && isPlainMap(part) ? omit(part, server) : part;
  };
  return mapValues(object, plainPart);
}

const bindingFile = `${bindingPath}/kubelet-bootstrap`;
const recorded = { __initialApiVersion: "rbac.authorization.k8s.io/v1", __fieldManager: "pulumi-kubernetes-HEX" };
const changed = { ...binding(), metadata: { name: "kubelet-bootstrap", labels: { app: "b", "x.y/z": "1" } } };

const [subject = {}] = binding().subjects;
const labels = 'metadata.labels.app: UPDATE, metadata.labels["x.y/z"]: ADD';
const comingSecret = { ...tokenSecret(), stringData: makeSecret({ "token-secret": unknownValue }) };
const secretState = { ...checkedSecret, __inputs: checkedSecret, ...recorded, __initialApiVersion: "v1" };

const rows: Row<KubernetesScene>[] = [
  {
    title: "the program's settings are accepted, and another cluster replaces unless it is called the same",
    type: bindingType,
    answers: async (plugin, { cluster, config }) => {
      const here = { kubeconfig: cluster.kubeconfig() };
      const there = { kubeconfig: cluster.kubeconfig("https://elsewhere:1") };
      const named = { ...here, clusterIdentifier: "a" };
      const diffs: [string, PropertyMap, PropertyMap][] = [
        ["nothing", here, here],
        ["token", here, { kubeconfig: cluster.kubeconfig(undefined, "other") }],
        ["server", here, there],
        ["unknown", here, { kubeconfig: unknownValue }],
        ["server of the same name", named, { ...named, ...there }],
        ["unknown of the same name", named, { ...named, kubeconfig: unknownValue }],
        ["another name", named, { ...named, clusterIdentifier: "b" }],
        ["a first name", here, named],
      ];
      const verdicts = [];
      for (const [title, olds, news] of diffs)
        verdicts.push(`${title}: ${verdict(await plugin.diffConfig(olds, news))}`);
      return [await plugin.checkConfig({ ...config, version: "4.34.2" }), ...verdicts];
    },
    expected: [
      [],
      "nothing: same",
      "token: update; names kubeconfig",
      "server: replace for kubeconfig; names kubeconfig",
      "unknown: replace for kubeconfig; names kubeconfig",
      "server of the same name: update; names kubeconfig",
      "unknown of the same name: update; names kubeconfig",
      "another name: replace for clusterIdentifier; names clusterIdentifier",
      "a first name: update; names clusterIdentifier",
    ],
  },
  {
    title: "a Secret: check, preview, create, diff, read, delete",
    type: secretType,
    answers: async (plugin, { cluster }) => {
      const { inputs, failures } = await plugin.check(tokenSecret());
      const preview = await plugin.create(inputs, { preview: true });
      const { id, outputs } = await plugin.create(inputs);
      const other = (await plugin.check(tokenSecret("other"), inputs)).inputs;
      const read = await plugin.read(id, outputs, inputs);
      const diffs = {
        same: verdict(await plugin.diff(outputs, inputs, [], inputs)),
        other: verdict(await plugin.diff(outputs, other, [], inputs)),
        unknown: verdict(await plugin.diff(outputs, comingSecret, [], inputs)),
      };
      await plugin.delete(id, outputs, inputs);
      return {
        check: [inputs, failures],
        unknown: [await plugin.check(comingSecret), await plugin.create(comingSecret, { preview: true })],
        preview: [preview.id, plain(preview.outputs)],
        create: [id, plain(outputs)],
        diffs,
        read: [read.id, plain(read.outputs), read.inputs],
        left: cluster.objects.has(`${secretPath}/bootstrap-token-x`),
      };
    },
    expected: {
      check: [checkedSecret, []],
      unknown: [
        { inputs: comingSecret, failures: [] },
        { id: "", outputs: comingSecret },
      ],
      preview: ["", secretState],
      create: ["kube-system/bootstrap-token-x", secretState],
      diffs: {
        same: "same; details none",
        other: "replace for data.token-secret; details data.token-secret: UPDATE_REPLACE; delete first",
        unknown: "replace for data, stringData; details data: DELETE_REPLACE, stringData: ADD_REPLACE; delete first",
      },
      read: ["kube-system/bootstrap-token-x", secretState, checkedSecret],
      left: false,
    },
  },
  {
    title: "check: a list with one secret in it is secret as a whole, and what is beside it is not",
    type: bindingType,
    answers: async (plugin) => {
      const subjects = binding().subjects.map((subject) => ({ ...subject, name: makeSecret(subject.name) }));
      return plugin.check({ ...binding(), subjects });
    },
    expected: { inputs: { ...binding(), subjects: makeSecret(binding().subjects) }, failures: [] },
  },
  {
    title:
      "a ClusterRoleBinding: diff, preview of an update, update, read of drift and of what is gone, delete of what is gone",
    type: bindingType,
    answers: async (plugin, { cluster }) => {
      const { id, inputs, outputs } = await create(plugin, binding());
      const diff = async (news: PropertyMap, ...rest: string[]) =>
        verdict(await plugin.diff(outputs, news, rest, inputs));
      const { inputs: news } = await plugin.check(changed, inputs);
      const diffs = {
        role: await diff(binding("other")),
        name: await diff(binding("other", "new-name")),
        labels: await diff(news),
        subjects: await diff({ ...news, subjects: [] }),
        elements: await diff({ ...binding(), subjects: [{ ...subject, name: "other" }, subject] }),
        ignored: await diff(news, "metadata.labels"),
      };
      const preview = await plugin.update(outputs, news, { id, inputs, preview: true });
      const untouched = cluster.objects.get(bindingFile)?.metadata;
      const after = await plugin.update(outputs, news, { id, inputs });
      cluster.objects.set(bindingFile, { ...cluster.objects.get(bindingFile), subjects: [], aggregationRule: {} });
      const drifted = await plugin.read(id, after, news);
      const drift = verdict(await plugin.diff(drifted.outputs, news, [], drifted.inputs));
      cluster.objects.clear();
      const gone = await plugin.read(id, after, news);
      await plugin.delete(id, after, news);
      return {
        create: plain(outputs),
        diffs,
        preview: plain(preview),
        untouched: isPlainMap(untouched) && untouched.labels,
        after: plain(after),
        drifted: [drifted.id, plain(drifted.outputs), drifted.inputs, drift],
        gone: gone.id,
      };
    },
    expected: {
      create: { ...binding(), __inputs: binding(), ...recorded },
      diffs: {
        role: "replace for roleRef.name; details roleRef.name: UPDATE_REPLACE; delete first",
        name: "replace for metadata.name, roleRef.name; details metadata.name: UPDATE_REPLACE, roleRef.name: UPDATE_REPLACE",
        labels: `update; details ${labels}`,
        subjects: `update; details ${labels}, subjects: DELETE`,
        elements: "update; details subjects[0].name: UPDATE, subjects[1]: ADD",
        ignored: "same; details none",
      },
      preview: { ...changed, __inputs: changed, ...recorded },
      untouched: { app: "demo" },
      after: { ...changed, __inputs: changed, ...recorded },
      drifted: [
        "kubelet-bootstrap",
        { ...changed, subjects: [], aggregationRule: {}, __inputs: { ...changed, subjects: [] }, ...recorded },
        { ...changed, subjects: [] },
        "update; details subjects: ADD",
      ],
      gone: "",
    },
  },
  {
    title: "create takes up what exists, and a refused write says what there is",
    type: bindingType,
    answers: async (plugin, { cluster }) => {
      await create(plugin, binding("other"));
      const { id, inputs, outputs } = await create(plugin, binding());
      cluster.failNextWrite = { code: 409, message: "conflict with another manager" };
      const update = await plugin.update(outputs, changed, { id, inputs }).then(
        () => undefined,
        (error: RpcError) => [error.message, error.partial?.id, error.partial && plain(error.partial.outputs)],
      );
      cluster.failNextWrite = { code: 409, message: "Apply failed with 1 conflict" };
      const refused = await create(plugin, binding()).then(
        () => undefined,
        (error: Error) => error.message.replace(/.*: /s, ""),
      );
      cluster.objects.clear();
      return { outputs: plain(outputs), update, refused };
    },
    expected: {
      outputs: { ...binding(), __inputs: binding(), ...recorded },
      update: [
        'the Kubernetes API server reported that "kubelet-bootstrap" failed to fully initialize or become live: ' +
          "conflict with another manager",
        "kubelet-bootstrap",
        { ...binding(), __inputs: changed, ...recorded },
      ],
      refused: "Apply failed with 1 conflict",
    },
  },
];

/** Secrets and ClusterRoleBindings, in a cluster of which there is only what the plugins ask for. */
export const kubernetesContract: Contract<KubernetesScene> = {
  async start() {
    const cluster = await new FakeCluster().start();
    const config = { kubeconfig: cluster.kubeconfig(), upsertExistingObjects: "true", clusterIdentifier: "lab" };
    return { config, cluster, stop: () => cluster.stop() };
  },
  configured: [true, true],
  rows,
};
