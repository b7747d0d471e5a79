import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Refuses imports of the given top-level folders from files of `folder`. */
function boundary(folder, forbidden, reason) {
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: forbidden.map((name) => ({
            // A name with a slash or scope is a package; a bare word is a folder of this repository.
            regex: /^@|:$|^ssh2$/.test(name) ? `^${name}` : `^\\.{1,2}/(\\.\\./)*${name}(/|$)`,
            message: reason,
          })),
        },
      ],
    },
  };
}

/** The rooms of lab/ from the ground up; rooms of one line are side by side and import neither each other nor what is above. */
const labFloors = [["machine"], ["binaries"], ["plan"], ["controlPlane", "hosts", "network", "standins"], ["pulumi"]];

/** Each room with those it must not import. */
const labRooms = labFloors.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    room,
    above: labFloors
      .slice(floor)
      .flat()
      .filter((other) => other !== room),
  })),
);

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "coverage/**", ".lab*/**"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.check.json" } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  boundary(
    "base",
    ["host", "render", "cluster", "components", "settings", "lab", "bench", "tests"],
    "base/ is the ground floor: it imports no layer.",
  ),
  boundary(
    "render",
    ["@pulumi/", "node:", "host", "cluster", "components", "settings", "lab", "bench", "tests"],
    "render/ is pure: it computes text from plain values and imports neither Pulumi, I/O nor another layer.",
  ),
  boundary(
    "host",
    [
      "@kubernetes/",
      "@pulumi/kubernetes",
      "@pulumi/command",
      "render",
      "cluster",
      "components",
      "settings",
      "lab",
      "bench",
      "tests",
    ],
    "host/ changes hosts and knows no Kubernetes: it imports no other layer.",
  ),
  boundary(
    "cluster",
    ["@pulumi/command", "ssh2", "render", "host", "components", "settings", "lab", "bench", "tests"],
    "cluster/ changes the cluster's side only: it imports no other layer.",
  ),
  boundary(
    "components",
    ["lab", "bench", "tests", "settings"],
    "components/ is the library: only render, host and cluster are below it.",
  ),
  boundary(
    "settings",
    ["lab", "bench", "tests", "host", "cluster"],
    "settings/ turns configuration into components' arguments and causes no effects.",
  ),
  boundary(
    "bench",
    ["host", "render", "cluster", "components", "settings", "tests"],
    "bench/ runs tools on a lab from outside: of this repository it knows base/ and lab/ only.",
  ),
  boundary(
    "preview",
    ["@pulumi/", "node:", "host", "render", "cluster", "components", "settings", "cli", "lab", "bench", "tests"],
    "preview/ is pure: it reads what the Pulumi CLI has written and knows base/ only.",
  ),
  boundary(
    "cli",
    ["components", "cluster", "lab", "bench", "tests"],
    "cli/ is the tool beside the program: it makes no resource.",
  ),
  boundary("lab", ["bench"], "nothing imports bench/."),
  ...labRooms.map(({ room, above }) =>
    boundary(
      `lab/${room}`,
      [...above, "bench", "(lab|up|down|status|demo|cli|pulumi)$"],
      `lab/${room}/ stands below what it would import: see "The rooms of lab/" in CONTRIBUTING.md.`,
    ),
  ),
  { files: ["**/*.{cjs,mjs}"], ...tseslint.configs.disableTypeChecked },
  // What Pulumi loads by require() is no place for imports.
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs", globals: { module: "writable", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
