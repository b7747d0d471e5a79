/** ES modules that Jest's CommonJS runtime needs compiled to CommonJS. */
const esModules = [
  "@kubernetes/client-node",
  "@jsep-plugin/assignment",
  "@jsep-plugin/regex",
  "openid-client",
  "jose",
  "oauth4webapi",
  "socks-proxy-agent",
  "agent-base",
];

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  transform: {
    "^.+\\.[cm]?[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join("|")})/)`],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/\\.lab"],
};

export default {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/tests/{base,render,settings,preview,cli,components,host,cluster,lab,bench}/**/*.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/tests/support/unitTimeout.ts"],
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/tests/e2e/**/*.test.ts"],
      globalSetup: "<rootDir>/tests/e2e/setup.ts",
      setupFilesAfterEnv: ["<rootDir>/tests/e2e/timeout.ts"],
    },
    {
      ...shared,
      displayName: "vm",
      testMatch: ["<rootDir>/tests/vm/**/*.test.ts"],
    },
  ],
};
