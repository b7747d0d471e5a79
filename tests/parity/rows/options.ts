import { exitCode, type Row, up } from "../row";

const failed = { code: exitCode.failed };

/** Resource options. */
export const optionRows: Row[] = [
  {
    name: "protect refuses deletion; once it is taken off, the resource can go",
    source: "docs: concepts/resources/options/protect",
    runs: [
      up({ a: { opts: { protect: true } }, b: {} }, [["create a"], ["create b"]]),
      up({}, [["delete b"]], { ...failed, failures: ["delete a"], says: ["because it is protected"] }),
      { command: "destroy", ...failed, steps: [], failures: ["delete a"], says: ["because it is protected"] },
      up({ a: {} }, [["same a"]]),
      { command: "destroy", steps: [["delete a"]] },
    ],
    left: [],
  },
  {
    name: "protect refuses a replacement before anything is done to the resource",
    source: "docs: concepts/resources/options/protect",
    runs: [
      up({ a: { props: { key: 1 }, opts: { protect: true } } }, [["create a"]]),
      up({ a: { props: { key: 2 }, opts: { protect: true } } }, [], { ...failed, says: ["marked for protection"] }),
    ],
    left: ["a"],
  },
  {
    name: "retainOnDelete and deletedWith only forget: the provider is not called",
    source: "docs: concepts/resources/options/retainondelete, deletedwith",
    runs: [
      up({ host: {}, kept: { opts: { retainOnDelete: true } }, along: { opts: { deletedWith: "host" } } }, [
        ["create host", "create along"],
        ["create kept"],
      ]),
      up({}, [["delete along"], ["delete kept"], ["delete host"]]),
    ],
    left: [],
  },
  {
    name: "what was deleted with a resource that is deleted to be replaced goes along, though registered without that before",
    source: "pkg/resource/deploy/step_generator.go (findDependentCascadeReplacements)",
    runs: [
      up({ host: { props: { key: 1 } }, along: { opts: { deletedWith: "host" } } }, [["create host", "create along"]]),
      up(
        {
          along: { props: { value: 2 } },
          host: { props: { key: 2 }, opts: { deleteBeforeReplace: true, dependsOn: ["along"] } },
        },
        [["update along", "delete-replaced along", "delete-replaced host", "replace host", "create-replacement host"]],
      ),
    ],
    left: ["along", "host"],
  },
  {
    name: "retainOnDelete also keeps what a replacement leaves behind",
    source: "docs: concepts/resources/options/retainondelete",
    runs: [1, 2].map((key) =>
      up(
        { a: { props: { key }, opts: { retainOnDelete: true } } },
        key === 1 ? [["create a"]] : [["create-replacement a", "replace a", "delete-replaced a"]],
      ),
    ),
    left: ["a"],
  },
  {
    name: "ignoreChanges keeps the old values of the paths it names",
    source: "docs: concepts/resources/options/ignorechanges",
    runs: [1, 2].map((value) => {
      const nested = { left: value, right: value, list: [{ x: value, y: value }] };
      const spec = {
        a: { props: { value, nested }, opts: { ignoreChanges: ["value", "nested.left", "nested.list[*].x"] } },
        b: { props: { value, ...(value === 2 && { come: 1 }) }, opts: { ignoreChanges: ["*"] } },
      };
      return up(spec, value === 1 ? [["create a"], ["create b"]] : [["update a"], ["same b"]]);
    }),
    left: ["a", "b"],
  },
  {
    name: "ignoreChanges of what one side has not takes it away or says that it cannot",
    source: "sdk/go/common/resource/properties_path.go (Reset)",
    runs: [
      up(
        {
          a: { props: { value: "text" } },
          b: { props: { value: { secret: { left: 1, right: 1 } } } },
          c: { props: { value: { list: [1], map: { x: 1 } } } },
        },
        [["create a"], ["create b"], ["create c"]],
      ),
      up(
        {
          a: { props: { value: { left: 2, right: 2 } }, opts: { ignoreChanges: ["value.left"] } },
          b: { props: { value: { left: 2, right: 2 } }, opts: { ignoreChanges: ["value.left"] } },
          c: {
            props: { value: { list: [2, 2], map: { y: { z: 2 } } } },
            opts: { ignoreChanges: ["value.list[*]", "value.list[1]", "value.map.y.z"] },
          },
        },
        [["update a"], ["update b"], ["update c"]],
        {
          says: [/cannot ignore changes in added or removed elements of the path: "value.list\[\*\], value.list\[1\]"/],
        },
      ),
    ],
    left: ["a", "b", "c"],
  },
  {
    name: "dependsOn orders what no property connects",
    source: "docs: concepts/resources/options/dependson",
    runs: [
      up({ a: { props: { milliseconds: 300 } }, b: { opts: { dependsOn: ["a"] } } }, [["create a", "create b"]]),
      { command: "destroy", steps: [["delete b", "delete a"]] },
    ],
    left: [],
  },
  {
    name: "dependsOn of a component waits for its children",
    source: "docs: concepts/resources/options/dependson",
    runs: [
      up(
        {
          group: { component: true },
          child: { props: { milliseconds: 300 }, opts: { parent: "group" } },
          after: { opts: { dependsOn: ["group"] } },
        },
        [["create child", "create after"], ["create group"]],
      ),
    ],
    left: ["after", "child", "group"],
  },
  {
    name: "children inherit protect, retainOnDelete and deletedWith from their component, and can say otherwise",
    source: "docs: concepts/resources/options/parent",
    runs: [
      up(
        {
          host: {},
          group: { component: true, opts: { protect: true, retainOnDelete: true, deletedWith: "host" } },
          child: { opts: { parent: "group" } },
          other: { opts: { parent: "group", protect: false } },
        },
        [["create host", "create child"], ["create group"], ["create other"]],
      ),
    ],
    left: ["child", "group", "host", "other"],
  },
];
