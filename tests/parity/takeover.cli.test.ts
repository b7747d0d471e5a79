import { cli, type Driver, engine } from "../lifecycle/drivers";
import { TestStack } from "../lifecycle/testStack";

const pulumi = cli(process.env["PARITY_CLI"] ?? "");
jest.setTimeout(180_000);

/** Everything that leaves a mark in a checkpoint. */
const spec = (value: number) => ({
  a: { props: { value, nested: { list: [1, null, { x: "y" }] } }, opts: { additionalSecretOutputs: ["computed"] } },
  b: { props: { value: "${a.computed}", other: { secret: { deep: ["hidden-value"] } } } },
  group: { component: true, opts: { protect: true } },
  c: { props: { value }, opts: { parent: "group", ignoreChanges: ["value"] } },
  d: { opts: { dependsOn: ["group"], deletedWith: "a", retainOnDelete: true, replaceOnChanges: ["value"] } },
  seen: { get: "a-1", opts: { dependsOn: ["a"] } },
});

async function takeOver(
  first: Driver,
  second: Driver,
  describe: (stack: TestStack, value: number) => void,
): Promise<void> {
  const program = describe === describeThings ? "things" : "certificates";
  const stack = new TestStack(program, first);
  try {
    for (const [value, driver] of [
      [1, second],
      [2, first],
    ] as const) {
      describe(stack, value);
      expect(await stack.up()).toMatchObject({ code: 0 });
      await stack.handTo(driver);
      const preview = await stack.preview("--diff", "--expect-no-changes");
      expect(preview).toMatchObject({ code: 0, failures: [] });
      expect(preview.steps.filter((step) => !/^(same|read) /.test(step))).toEqual([]);
    }
  } finally {
    stack.remove();
  }
}

function describeThings(stack: TestStack, value: number): void {
  stack.describe(spec(value));
}

function describeCertificates(stack: TestStack, value: number): void {
  stack.configure({ commonName: `name-${String(value)}`, explicit: value === 2 });
}

describe.each([
  ["things", describeThings],
  ["certificates", describeCertificates],
])("a checkpoint of %s", (_program, describeStack) => {
  test("written by the engine is taken over by the CLI without a change, and back after an update", async () => {
    await takeOver(engine, pulumi, describeStack);
  });

  test("written by the CLI is taken over by the engine without a change, and back after an update", async () => {
    await takeOver(pulumi, engine, describeStack);
  });
});
