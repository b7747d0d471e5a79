import { exitCode, type Row, up } from "../row";
import type { TestStack } from "../../lifecycle/testStack";

const both = { a: { props: { value: 1 } }, b: { props: { value: 2 } } };
const create = up(both, [["create a"], ["create b"]]);

function drift(stack: TestStack): void {
  stack.disturb("a", { value: "drifted" });
  stack.disturb("b", undefined);
}

/** What was changed by others. */
export const refreshRows: Row[] = [
  {
    name: "refresh records what changed outside and forgets what is gone",
    source: "docs: cli/commands/pulumi_refresh",
    runs: [
      create,
      {
        command: "refresh",
        before: drift,
        steps: [["update a"], ["delete b"]],
        says: ["~ 1 updated", "- 1 deleted"],
      },
    ],
    left: ["a"],
  },
  {
    name: "what a refresh found is repaired by the next up, what is gone is made again",
    source: "docs: cli/commands/pulumi_refresh",
    runs: [
      create,
      { command: "refresh", before: drift, steps: [["update a"], ["delete b"]] },
      { command: "up", steps: [["update a"], ["create b"]] },
    ],
    left: ["a", "b"],
  },
  {
    name: "a refresh that finds nothing changes nothing",
    source: "docs: cli/commands/pulumi_refresh",
    runs: [create, { command: "refresh", args: ["--expect-no-changes"], steps: [["same a"], ["same b"]] }],
    left: ["a", "b"],
  },
  {
    name: "preview --refresh compares with what is really there and records nothing",
    source: "docs: cli/commands/pulumi_preview (--refresh)",
    runs: [
      create,
      {
        command: "preview",
        args: ["--refresh", "--diff", "--expect-no-changes"],
        before: drift,
        code: exitCode.unexpectedChanges,
        steps: [
          ["refresh a", "update a"],
          ["refresh b", "create b"],
        ],
        says: ['~ value: "drifted" => 1'],
      },
    ],
    left: ["a", "b"],
  },
  {
    name: "up --refresh repairs in one run",
    source: "docs: cli/commands/pulumi_up (--refresh)",
    runs: [
      create,
      {
        command: "up",
        args: ["--refresh"],
        before: drift,
        steps: [
          ["refresh a", "update a"],
          ["refresh b", "create b"],
        ],
      },
    ],
    left: ["a", "b"],
  },
  {
    name: "refresh --preview-only says what it found and records nothing",
    source: "docs: cli/commands/pulumi_refresh (--preview-only)",
    runs: [
      create,
      { command: "refresh", args: ["--preview-only"], before: drift, steps: [["update a"], ["delete b"]] },
    ],
    left: ["a", "b"],
  },
  {
    name: "a refresh calls added what came outside and deleted what went; the next up the other way round",
    source: "pkg/resource/deploy/step.go (RefreshStep)",
    runs: [
      up({ a: { props: { value: 1 } } }, [["create a"]]),
      {
        command: "refresh",
        args: ["--diff"],
        before: (stack) => stack.disturb("a", { value: undefined, other: 1 }),
        steps: [["update a"]],
      },
      { command: "up", args: ["--diff"], steps: [["update a"]] },
    ],
    left: ["a"],
  },
  {
    name: "a resource that is read belongs to no one: it is neither changed nor deleted",
    source: "docs: concepts/resources/get",
    runs: [
      up({ a: { props: { value: 1 } } }, [["create a"]]),
      up({ a: { props: { value: 1 } }, other: { get: "a-1", outputs: { seen: "${other.computed}" } } }, [
        ["same a"],
        ["read other"],
      ]),
      up({ a: { props: { value: 1 } } }, [["same a", "discard other"]]),
    ],
    left: ["a"],
  },
];
