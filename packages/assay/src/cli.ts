#!/usr/bin/env node
// Nothing is imported before the version of Node is known to be able to.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`assay needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`)
  process.exitCode = 69
} else {
  void import("./command/run-command.js").then(({ runCommand }) => runCommand(process.argv.slice(2)))
}
