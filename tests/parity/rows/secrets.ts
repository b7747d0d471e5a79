import { type Row, up } from "../row";

/** What a thing computes of a secret. */
const opts = { additionalSecretOutputs: ["computed"] };

/** How secrets stay secret. */
export const secretRows: Row[] = [
  {
    name: "a secret input makes the output of its name secret, and what takes that output",
    source: "docs: concepts/secrets",
    runs: [
      up(
        {
          a: { props: { value: { secret: "hidden-value" } }, opts, outputs: { seen: "${a.value}" } },
          b: { props: { value: "${a.value}", other: { deep: [{ secret: "hidden-value" }, 1] } }, opts },
        },
        [["create a", "create b"]],
        { args: ["--diff"], says: ["[secret]"] },
      ),
      { command: "up", args: ["--expect-no-changes"], steps: [["same a"], ["same b"]] },
    ],
    left: ["a", "b"],
  },
  {
    name: "additionalSecretOutputs makes an output secret, on its way too",
    source: "docs: concepts/resources/options/additionalsecretoutputs",
    runs: [
      up(
        {
          a: { props: { value: 1 }, opts: { additionalSecretOutputs: ["computed"] } },
          b: { props: { value: "${a.computed}" } },
        },
        [["create a", "create b"]],
      ),
      up({ a: { props: { value: 1 } }, b: { props: { value: "${a.computed}" } } }, [["same a"], ["same b"]]),
    ],
    left: ["a", "b"],
  },
  {
    name: "the same value, made secret or no longer secret, is recorded as such without an update",
    source: "docs: concepts/secrets (how secrets relate to outputs)",
    runs: [
      up({ a: { props: { value: "word" } }, b: { props: { value: { secret: "word" } } } }, [
        ["create a"],
        ["create b"],
      ]),
      up({ a: { props: { value: { secret: "word" } } }, b: { props: { value: "word" } } }, [["same a"], ["same b"]]),
    ],
    left: ["a", "b"],
  },
  {
    name: "a changed secret is an update whose values are not shown",
    source: "docs: concepts/secrets",
    runs: [
      up({ a: { props: { value: { secret: "first-word" } } } }, [["create a"]]),
      up({ a: { props: { value: { secret: "second-word" } } } }, [["update a"]], {
        args: ["--diff"],
        says: [/~ value +: \[secret\] => \[secret\]|~ value: \[secret\] => \[secret\]/],
      }),
    ],
    left: ["a"],
  },
];
