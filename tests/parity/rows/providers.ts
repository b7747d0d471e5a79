import type { Row } from "../row";

const children = [["create node-key", "create node-request", "create node"]];

/** Default, explicit and inherited providers, with the plugin of the package `tls`. */
export const providerRows: Row[] = [
  {
    name: "resources of a package use its default provider, or the explicit one their component hands down",
    source: "docs: concepts/resources/providers",
    program: "certificates",
    runs: [
      { command: "up", config: {}, steps: children },
      {
        command: "up",
        config: { explicit: true },
        steps: [["same node-key", "same node-request", "same node"]],
      },
    ],
    left: ["node", "node-key", "node-request"],
  },
  {
    name: "a change that a plugin's diff replaces for replaces, and outputs it marks as secret stay secret",
    source: "docs: concepts/resources/providers; pkg/resource/plugin/provider.go (DiffResult)",
    program: "certificates",
    runs: [
      { command: "up", config: {}, args: ["--diff"], steps: children, says: ["[secret]"] },
      {
        command: "up",
        args: ["--diff"],
        config: { commonName: "second" },
        steps: [
          [
            "same node-key",
            "create-replacement node-request",
            "replace node-request",
            "same node",
            "delete-replaced node-request",
          ],
        ],
        says: ['"first" => "second"'],
      },
      { command: "destroy", steps: [["delete node-request", "delete node-key", "delete node"]] },
    ],
    left: [],
  },
];
