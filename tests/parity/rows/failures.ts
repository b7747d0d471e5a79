import { exitCode, type Row, up } from "../row";

const failed = { code: exitCode.failed };
const chain = (fail?: string) => ({
  a: { props: { ...(fail && { fail }) } },
  b: { props: { value: "${a.computed}" } },
});

/** What goes wrong half-way. */
export const failureRows: Row[] = [
  {
    name: "a failed creation ends the run and leaves no trace; the next one goes on from there",
    source: "docs: support/troubleshooting",
    runs: [
      up(chain("create"), [], { ...failed, failures: ["create a"], says: ["the create of a was told to fail"] }),
      up(chain(), [["create a", "create b"]]),
    ],
    left: ["a", "b"],
  },
  {
    name: "a failed update leaves the old state on record",
    source: "pkg/resource/deploy/step.go (UpdateStep)",
    runs: [
      up({ a: { props: { value: 1 } } }, [["create a"]]),
      up({ a: { props: { value: 2, fail: "update" } } }, [], { ...failed, failures: ["update a"] }),
    ],
    left: ["a"],
  },
  {
    name: "a resource that is there but not in order is kept with the reasons, and updated by the next run",
    source: "docs: concepts/resources/dynamic-providers; plugin.InitError",
    runs: [
      up({ a: { props: { halfFail: "create" } } }, [], { ...failed, failures: ["create a"], says: ["a is not ready"] }),
      up({ a: { props: { halfFail: "create", value: 1 } } }, [["update a"]]),
    ],
    left: ["a"],
  },
  {
    name: "an update that leaves the resource not in order keeps the old inputs on record, and is done again",
    source: "pkg/engine/update.go (OnResourceStepPost)",
    runs: [
      up({ a: { props: { value: { secret: 1 } } } }, [["create a"]]),
      up({ a: { props: { value: 2, halfFail: "update" } } }, [], { ...failed, failures: ["update a"] }),
      up({ a: { props: { value: 2 } } }, [["update a"]]),
    ],
    left: ["a"],
  },
  {
    name: "what was replaced is deleted though something that no longer needs it cannot be",
    source: "pkg/resource/deploy/deployment_executor.go (performPostSteps)",
    runs: [
      up(
        {
          a: { props: { key: 1 } },
          b: { props: { value: "${a.id}" } },
          c: { props: { value: "${b.id}" }, opts: { protect: true } },
        },
        [["create a", "create b", "create c"]],
      ),
      up(
        { a: { props: { key: 2 } }, b: { props: { value: "${a.id}" } } },
        [["create-replacement a", "replace a", "update b", "delete-replaced a"]],
        { ...failed, args: ["--continue-on-error"], failures: ["delete c"] },
      ),
    ],
    left: ["a", "b", "c"],
  },
  {
    name: "a preview names what is protected from deletion, without a failed step",
    source: "pkg/engine/update.go (previewActions)",
    runs: [
      up({ a: { opts: { protect: true } } }, [["create a"]]),
      { command: "preview", spec: {}, ...failed, steps: [], says: [/Preview failed: .* cannot be deleted/] },
    ],
    left: ["a"],
  },
  {
    name: "a program whose registrations wait for each other fails after what it did register is done",
    source: "pkg/resource/deploy/source_eval.go (SignalAndWaitForShutdown)",
    runs: [
      up({ old: {} }, [["create old"]]),
      up(
        {
          group: { component: true },
          b: { opts: { dependsOn: ["group"] } },
          a: { props: { value: "${b.computed}" }, opts: { parent: "group" } },
        },
        [["create group", "delete old"]],
        { ...failed, says: ["exited before the following", "non-zero exit code: 1"] },
      ),
    ],
    left: ["group"],
  },
  {
    name: "--continue-on-error does what does not depend on what failed, and deletes nothing",
    source: "docs: cli/commands/pulumi_up (--continue-on-error)",
    runs: [
      up({ old: {}, z: {} }, [["create old"], ["create z"]]),
      up(
        {
          a: { props: { fail: "create" } },
          b: { props: { value: "${a.computed}" } },
          c: { opts: { dependsOn: ["b"] } },
          d: { props: { value: 1, milliseconds: 300 } },
          e: { props: { value: "${d.computed}" } },
          z: {},
        },
        [["create d", "create e"], ["same z"]],
        { ...failed, args: ["--continue-on-error"], failures: ["create a"], says: ["2 errored"] },
      ),
    ],
    left: ["d", "e", "old", "z"],
  },
  {
    name: "destroy --continue-on-error keeps what something not deleted still needs",
    source: "docs: cli/commands/pulumi_destroy (--continue-on-error)",
    runs: [
      up(
        {
          a: {},
          b: { props: { value: "${a.computed}", fail: "delete" } },
          c: {},
          d: { props: { value: "${c.computed}" } },
        },
        [
          ["create a", "create b"],
          ["create c", "create d"],
        ],
      ),
      {
        command: "destroy",
        args: ["--continue-on-error"],
        ...failed,
        steps: [["delete d", "delete c"]],
        failures: ["delete b"],
      },
    ],
    left: ["a", "b"],
  },
  {
    name: "inputs the provider refuses end the run with its words, in a preview already",
    source: "docs: concepts/resources/dynamic-providers (check)",
    runs: [
      {
        command: "preview",
        spec: { a: { props: { invalid: "it is not a number" } } },
        ...failed,
        steps: [],
        says: ["has a problem: it is not a number"],
      },
    ],
    left: [],
  },
  {
    name: "a program that fails deletes nothing",
    source: "pkg/resource/deploy/deployment_executor.go",
    runs: [
      up({ a: {} }, [["create a"]]),
      up({ throw: { props: { message: "the program gave up" } } }, [], { ...failed, says: ["the program gave up"] }),
    ],
    left: ["a"],
  },
  {
    name: "SIGINT lets the running step end and starts no other; the next run goes on from there",
    source: "docs: cli/commands/pulumi_cancel",
    runs: [
      up({ a: { props: { milliseconds: 1500 } }, b: { props: { value: "${a.computed}" } } }, [["create a"]], {
        ...failed,
        interruptAt: "create a",
      }),
      { command: "up", steps: [["same a", "create b"]] },
    ],
    left: ["a", "b"],
  },
];
