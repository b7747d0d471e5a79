import { engines } from "../../package.json";
import { checkNodeVersion } from "../../base/nodeVersion";

test.each(["22.19.0", "22.20.1", "24.0.0"])("Node.js %s runs the program", (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});

test.each(["20.20.2", "22.18.0"])("Node.js %s is refused with where it is and what is needed", (version) => {
  expect(() => checkNodeVersion(version, "/usr/bin/node")).toThrow(
    `Node.js ${version} (/usr/bin/node) runs this program; it needs ${engines.node.replace(">=", "")} or newer.`,
  );
});
