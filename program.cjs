// What Pulumi runs for the stack: index.ts, compiled. It is here and not named in Pulumi.yaml where it is, because Pulumi runs a program in
// the folder of its main file, and paths in a stack's settings are relative to the project's folder.
module.exports = require("./dist/index.js");
