import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { isOlder } from "../scripts/bootstrap/requirements.mjs"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { runNode } from "./helpers/run-node.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

describe("preparing a checkout", () => {
  it("says in a sentence that git is missing", async () => {
    const empty = temporaryFolder()
    const ended = await runNode(["scripts/start.mjs"], { cwd: rootFolder, env: { PATH: empty } })
    expect(ended.code).toBe(1)
    expect(ended.stderr.trim()).toBe("Assay needs git 2.37 or newer, and no git answers on this machine's PATH.")
  })

  it("says in a sentence that git is too old", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "git"), "#!/bin/sh\necho git version 2.36.9\n", { mode: 0o755 })
    const ended = await runNode(["scripts/start.mjs"], { cwd: rootFolder, env: { PATH: `${folder}:/usr/bin:/bin` } })
    expect(ended.code).toBe(1)
    expect(ended.stderr.trim()).toBe("Assay needs git 2.37 or newer; this machine has git 2.36.9.")
  })

  it("compares versions by their numbers", () => {
    expect(isOlder("20.18.3", [20, 19])).toBe(true)
    expect(isOlder("20.19.0", [20, 19])).toBe(false)
    expect(isOlder("22.1.0", [20, 19])).toBe(false)
    expect(isOlder("2.9.5", [2, 37])).toBe(true)
    expect(isOlder("2.39.5.windows.1", [2, 37])).toBe(false)
  })
})

describe("the lock of a checkout", () => {
  const module = join(rootFolder, "scripts/bootstrap/one-at-a-time.mjs")

  /** Writes "in", takes its time, writes "out". */
  function hold(folder: string, more = "") {
    const program = `
      import { appendFileSync } from "node:fs"
      import { setTimeout } from "node:timers/promises"
      import { oneAtATime } from ${JSON.stringify(module)}
      await oneAtATime(async () => {
        appendFileSync("log", "in\\n")
        ${more}
        await setTimeout(20)
        appendFileSync("log", "out\\n")
      }, { lockFile: "lock" })`
    return runNode(["--input-type=module", "--eval", program], { cwd: folder })
  }

  it("lets one process work at a time", async () => {
    const folder = temporaryFolder()
    await Promise.all(Array.from({ length: 5 }, () => hold(folder)))
    expect(readFileSync(join(folder, "log"), "utf8")).toBe("in\nout\n".repeat(5))
    expect(existsSync(join(folder, "lock"))).toBe(false)
  })

  it("is taken over from a process that died holding it", async () => {
    const folder = temporaryFolder()
    const killed = await hold(folder, `process.kill(process.pid, "SIGKILL"); await setTimeout(10_000)`)
    expect(killed.signal).toBe("SIGKILL")
    expect(existsSync(join(folder, "lock"))).toBe(true)
    await Promise.all([hold(folder), hold(folder), hold(folder)])
    expect(readFileSync(join(folder, "log"), "utf8")).toBe("in\n" + "in\nout\n".repeat(3))
  })

  it("is given back when the work fails", async () => {
    const folder = temporaryFolder()
    expect((await hold(folder, `throw new Error("no")`)).code).toBe(1)
    expect(existsSync(join(folder, "lock"))).toBe(false)
  })
})
