import { exitCode, type Row, up } from "../row";

/** Replacements in both orders, and what goes with them. */
export const replacementRows: Row[] = [
  {
    name: "replaces by creating first and deleting last, after dependents have been updated",
    source: "docs: concepts/resources/options/deletebeforereplace",
    runs: [
      up({ a: { props: { key: 1 } }, b: { props: { value: "${a.id}" } } }, [["create a", "create b"]]),
      up(
        { a: { props: { key: 2 } }, b: { props: { value: "${a.id}" } } },
        [["create-replacement a", "replace a", "update b", "delete-replaced a"]],
        { says: ["+-1 replaced", "~ 1 updated"] },
      ),
    ],
    left: ["a", "b"],
  },
  {
    name: "a preview of a replacement names its three steps",
    source: "docs: concepts/update-plans",
    runs: [
      up({ a: { props: { key: 1 } } }, [["create a"]]),
      {
        command: "preview",
        args: ["--diff"],
        spec: { a: { props: { key: 2 } } },
        steps: [["create-replacement a", "replace a", "delete-replaced a"]],
        says: ["+-1 to replace"],
      },
    ],
    left: ["a"],
  },
  {
    name: "deleteBeforeReplace deletes first, with the dependents that must be replaced along; others are updated",
    source: "docs: concepts/resources/options/deletebeforereplace",
    runs: ["create", "replace"].map((act, key) => {
      const spec = {
        a: { props: { key }, opts: { deleteBeforeReplace: true } },
        b: { props: { key: "${a.id}" } },
        c: { props: { value: "${a.id}" } },
      };
      return act === "create"
        ? up(spec, [
            ["create a", "create b"],
            ["create a", "create c"],
          ])
        : up(spec, [
            [
              "delete-replaced b",
              "delete-replaced a",
              "replace a",
              "create-replacement a",
              "replace b",
              "create-replacement b",
            ],
            ["create-replacement a", "update c"],
          ]);
    }),
    left: ["a", "b", "c"],
  },
  {
    name: "a provider can ask to delete before it replaces",
    source: "docs: concepts/resources/dynamic-providers (deleteBeforeReplace)",
    runs: [
      up({ a: { props: { key: 1, deleteFirst: true } } }, [["create a"]]),
      up({ a: { props: { key: 2, deleteFirst: true } } }, [["delete-replaced a", "replace a", "create-replacement a"]]),
    ],
    left: ["a"],
  },
  {
    name: "deleteBeforeReplace: false of the program outweighs the provider's wish",
    source: "docs: concepts/resources/options/deletebeforereplace",
    runs: [1, 2].map((key) =>
      up(
        { a: { props: { key, deleteFirst: true }, opts: { deleteBeforeReplace: false } } },
        key === 1 ? [["create a"]] : [["create-replacement a", "replace a", "delete-replaced a"]],
      ),
    ),
    left: ["a"],
  },
  {
    name: "a replaced resource that cannot be deleted stays on record, to be deleted by the next run",
    source: "pkg/resource/deploy/step_generator.go (pending deletions)",
    runs: [
      up({ a: { props: { key: 1, fail: "delete" } } }, [["create a"]]),
      up({ a: { props: { key: 2 } } }, [["create-replacement a", "replace a"]], {
        code: exitCode.failed,
        failures: ["delete-replaced a"],
      }),
      {
        command: "up",
        code: exitCode.failed,
        steps: [["same a"]],
        failures: ["delete-replaced a"],
      },
    ],
    left: ["a", "a"],
  },
  {
    name: "a replacement that is not created after the original was deleted is created by the next run",
    source: "pkg/resource/deploy/step.go (pendingReplacement)",
    runs: [
      up({ a: { props: { key: 1 }, opts: { deleteBeforeReplace: true } } }, [["create a"]]),
      up(
        { a: { props: { key: 2, fail: "create" }, opts: { deleteBeforeReplace: true } } },
        [["delete-replaced a", "replace a"]],
        {
          code: exitCode.failed,
          failures: ["create-replacement a"],
        },
      ),
      up({ a: { props: { key: 2 }, opts: { deleteBeforeReplace: true } } }, [["replace a", "create-replacement a"]]),
    ],
    left: ["a"],
  },
  {
    name: "replaceOnChanges turns an update into a replacement, for the paths it names",
    source: "docs: concepts/resources/options/replaceonchanges",
    runs: [1, 2].map((value) => {
      const spec = {
        a: { props: { value: { left: value, right: 0 } }, opts: { replaceOnChanges: ["value.left"] } },
        b: { props: { value: { left: value, right: 0 } }, opts: { replaceOnChanges: ["value.right"] } },
        c: { props: { value }, opts: { replaceOnChanges: ["*"] } },
      };
      return up(
        spec,
        value === 1
          ? [["create a"], ["create b"], ["create c"]]
          : [
              ["create-replacement a", "replace a", "delete-replaced a"],
              ["update b"],
              ["create-replacement c", "replace c", "delete-replaced c"],
            ],
      );
    }),
    left: ["a", "b", "c"],
  },
];
