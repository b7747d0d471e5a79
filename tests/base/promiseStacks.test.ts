import { leaveOutPromiseStacks } from "../../base/promiseStacks";

describe("stacks of the SDK's promises", () => {
  const errors: { prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => unknown } = Error;
  const { prepareStackTrace: before } = errors;
  beforeEach(() => (errors.prepareStackTrace = (error, frames) => `${error.message}: ${frames.length > 0}`));
  afterEach(() => (errors.prepareStackTrace = before));

  test("are left out, and an error that says something has its own", () => {
    leaveOutPromiseStacks({});
    expect(new Error().stack).toBe("Error");
    expect(new TypeError("x is no function").stack).toBe("x is no function: true");
  });

  test("are as Node.js writes them where nobody maps them to the sources", () => {
    errors.prepareStackTrace = undefined;
    leaveOutPromiseStacks({});
    expect(new RangeError("too far").stack).toMatch(/^RangeError: too far\n {4}at .*promiseStacks\.test/);
  });

  test("stay where leaks are looked for", () => {
    leaveOutPromiseStacks({ PULUMI_DEBUG_PROMISE_LEAKS: "true" });
    expect(new Error().stack).toBe(": true");
  });
});
