import { beforeAll, describe, expect, it } from "vitest"
import { prepare } from "../scripts/bootstrap/prepare.mjs"
import { workspacePackages } from "../scripts/bootstrap/workspace.mjs"
import { runNode } from "./helpers/run-node.js"

// A package may import itself by its name, so each is loaded from its own folder the way a user's code would load it.
beforeAll(() => prepare({ types: true }), 300_000)

for (const { name, folder, manifest } of workspacePackages(["packages"])) {
  for (const subpath of Object.keys(manifest.exports)) {
    const specifier = `${name}${subpath.slice(1)}`
    // The conformance suites import vitest, which runs only inside of its own worker.
    if (subpath.endsWith(".json") || specifier === "@assay/core/testing") continue

    describe(`the built ${specifier}`, () => {
      it("loads with import and leaves nothing running", async () => {
        const program = `const loaded = await import("${specifier}"); console.log(Object.keys(loaded).sort().join())`
        const ended = await runNode(["--input-type=module", "--eval", program], { cwd: folder })
        expect(ended).toMatchObject({ code: 0, stderr: "" })
        expect(ended.stdout.trim()).not.toBe("")
      })

      it("loads with require(), which gives the same names", async () => {
        const program = `
          const required = Object.keys(require("${specifier}")).filter((name) => name !== "__esModule")
          import("${specifier}").then((imported) =>
            console.log(required.sort().join() === Object.keys(imported).sort().join()))`
        const ended = await runNode(["--input-type=commonjs", "--eval", program], { cwd: folder })
        expect(withoutNote(ended.stderr)).toBe("")
        expect(ended).toMatchObject({ code: 0, stdout: "true\n" })
      })
    })
  }
}

/** Some versions of Node 20 and 22 remark, once, that require() of an ES module is new. */
function withoutNote(text: string): string {
  return text.replace(/^\(node:\d+\) ExperimentalWarning: CommonJS module .*\n(\(Use `node --trace-warnings.*\n)?/m, "")
}
