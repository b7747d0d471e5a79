import { assignments } from "../../base/script";
import { shellQuote } from "../../base/shellQuote";

describe("shellQuote", () => {
  test.each([
    ["/usr/bin/x", "/usr/bin/x"],
    ["", "''"],
    ["it's $HOME", "'it'\\''s $HOME'"],
    ["a\nb", "'a\nb'"],
    ["--x=1;reboot", "'--x=1;reboot'"],
  ])("%j", (value, quoted) => {
    expect(shellQuote(value)).toBe(quoted);
  });

  test("refuses what no shell can hold", () => {
    expect(() => shellQuote("a\0b")).toThrow("NUL");
  });
});

describe("assignments", () => {
  test("are one quoted line a value: text, numbers, choices and lists", () => {
    const values = { unit: "kube let", timeout: 60, bridge: true, none: false, paths: ["/a", "/b c"] };
    expect(assignments(values)).toBe("unit='kube let'\ntimeout=60\nbridge=yes\nnone=''\npaths='/a\n/b c'\n");
  });

  test.each([
    [{ "a;b": "" }, "is no name of a script's variable"],
    [{ list: ["a\nb"] }, 'list: "a\\nb" has a line break'],
  ])("refuse %j", (values, error) => {
    expect(() => assignments(values)).toThrow(error);
  });
});
