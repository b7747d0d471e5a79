import { lineDiff } from "../../preview/lineDiff";

describe("a diff of lines", () => {
  test.each<[string, string, string, string[]]>([
    [
      "a changed line with what is around it",
      "a\nb\nc\nd\ne\nf\n",
      "a\nb\nc\nX\ne\nf\n",
      [" b", " c", "-d", "+X", " e", " f"],
    ],
    ["lines that come and go", "a\nb\n", "b\nc\n", ["-a", " b", "+c"]],
    ["nothing", "a\nb\n", "a\nb\n", []],
    ["a text that was empty", "", "a\n", ["+a"]],
    ["a text without a line break at its end", "a", "a\nb", [" a", "+b"]],
    [
      "two places far apart, with one mark between",
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
      "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
      ["-1", "+x", " 2", " 3", "@", " 7", " 8", "-9", "+y"],
    ],
  ])("shows %s", (_what, before, after, expected) => {
    expect(lineDiff(before, after)).toEqual(expected);
  });
});
