import { exitCode, type Row, up } from "../row";

const pair = (value: unknown) => ({ a: { props: { value } }, b: { props: { value: "${a.computed}" } } });

/** What becomes of resources that come, stay, change and go. */
export const stepRows: Row[] = [
  {
    name: "creates what the program registers, each after what it takes outputs from",
    source: "docs: concepts/inputs-outputs",
    runs: [
      up({ ...pair(1), c: {} }, [["create a", "create b"], ["create c"]], { says: ["+ 4 created"] }),
      { command: "up", args: ["--expect-no-changes"], steps: [["same a"], ["same b"], ["same c"]] },
    ],
    left: ["a", "b", "c"],
  },
  {
    name: "a preview says what would be created and does nothing; outputs of what is not there yet are unknown",
    source: "docs: concepts/inputs-outputs (outputs during previews)",
    runs: [
      {
        command: "preview",
        spec: {
          a: { props: { value: 1 }, outputs: { of: "${a.computed}" } },
          b: { props: { value: "${a.computed}" } },
        },
        steps: [["create a", "create b"]],
        says: ["+ 3 to create", "    of: [unknown]"],
      },
    ],
    left: [],
  },
  {
    name: "a preview finds what an up would change, and changes nothing",
    source: "docs: cli/commands/pulumi_preview",
    runs: [
      up(pair(1), [["create a", "create b"]]),
      {
        command: "preview",
        args: ["--diff"],
        spec: pair(2),
        steps: [["update a", "update b"]],
        says: ["~ value: 1 => 2"],
      },
      {
        command: "preview",
        args: ["--expect-no-changes"],
        code: exitCode.unexpectedChanges,
        steps: [["update a", "update b"]],
      },
    ],
    left: ["a", "b"],
  },
  {
    name: "updates in place what changed and what takes its outputs, and nothing else",
    source: "docs: concepts/how-pulumi-works (creation and deletion order)",
    runs: [
      up({ ...pair(1), c: {} }, [["create a", "create b"], ["create c"]]),
      up({ ...pair(2), c: {} }, [["update a", "update b"], ["same c"]], { says: ["[diff: ~value]", "~ 2 updated"] }),
    ],
    left: ["a", "b", "c"],
  },
  {
    name: "properties that come, change and go, at any depth, are one update",
    source: "pkg/resource/deploy/step_generator.go",
    runs: [
      up({ a: { props: { value: { left: 1, list: [1, 2], nulls: [null, 1], gone: true } } } }, [["create a"]]),
      up({ a: { props: { value: { left: 2, list: [1, 3, 4], nulls: [1, null], come: null } } } }, [["update a"]], {
        args: ["--diff"],
      }),
    ],
    left: ["a"],
  },
  {
    name: "an update that the provider calls none is a same step, and the new inputs are recorded",
    source: "docs: concepts/resources/dynamic-providers (diff)",
    runs: [
      up({ a: { props: { value: 1, never: true } } }, [["create a"]]),
      up({ a: { props: { value: 2, never: true } } }, [["same a"]]),
    ],
    left: ["a"],
  },
  {
    name: "deletes what the program registers no more, dependents first, and keeps the rest",
    source: "docs: concepts/how-pulumi-works (creation and deletion order)",
    runs: [
      up({ ...pair(1), c: { opts: { dependsOn: ["b"] } }, d: {} }, [
        ["create a", "create b", "create c"],
        ["create d"],
      ]),
      up({ d: {} }, [["same d", "delete c", "delete b", "delete a"]], { says: ["- 3 deleted"] }),
    ],
    left: ["d"],
  },
  {
    name: "destroy deletes everything without the program, dependents first",
    source: "docs: cli/commands/pulumi_destroy",
    runs: [
      up({ ...pair(1), group: { component: true }, c: { opts: { parent: "group" } } }, [
        ["create a", "create b"],
        ["create group"],
        ["create c"],
      ]),
      {
        command: "destroy",
        spec: { throw: { props: { message: "the program is not to be run" } } },
        steps: [
          ["delete b", "delete a"],
          ["delete c", "delete group"],
        ],
        says: ["- 5 deleted"],
      },
    ],
    left: [],
  },
  {
    name: "a resource under another name or parent is another resource: the new is created, the old deleted last",
    source: "docs: concepts/resources/names",
    runs: [
      up({ a: {}, b: {} }, [["create a"], ["create b"]]),
      up({ group: { component: true }, a: { opts: { parent: "group" } }, c: {} }, [
        ["create group", "delete b"],
        ["create a", "delete b"],
        ["create c", "delete a"],
      ]),
    ],
    left: ["a", "c", "group"],
  },
];
