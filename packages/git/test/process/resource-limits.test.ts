import { chmod, mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { findProgram } from "../../src/process/find-git.js"
import { createGit } from "../../src/process/git.js"
import { findLimiter } from "../../src/process/resource-limits.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

const limits = { memoryBytes: 1_000_000_000, cpuSeconds: 60, fileBytes: 5_000, startsOthers: true }

describe("what a machine can hold git to", () => {
  test.each(["darwin", "win32", "freebsd"] as const)("on %s is nothing, which is said", (platform) => {
    const { wrap, missing } = findLimiter({ platform })
    expect(wrap(limits)).toEqual([])
    expect(missing).toEqual([
      expect.stringMatching(/memory and the processor time .*is not Linux/),
      expect.stringMatching(/go on when this process is killed .*is not Linux/),
    ])
  })

  test.runIf(process.platform === "linux")("on Linux is everything", async () => {
    const { wrap, missing } = findLimiter()
    expect(missing).toEqual([])
    expect(wrap(limits)).toEqual(
      expect.arrayContaining(["--pdeathsig", "--as=1000000000", "--cpu=60", "--fsize=5000", "--core=0"]),
    )
    await using folder = await temporaryFolder()
    expect(createGit({ folder: folder.path }).missingGuards).toEqual([])
  })

  test.runIf(process.platform === "linux")(
    "on a Linux without the programs for it is what is left, and each is named",
    async () => {
      await using folder = await temporaryFolder()
      const having = async (...names: string[]): Promise<ReturnType<typeof findLimiter>> => {
        const path = join(folder.path, names.join("-") || "none")
        await mkdir(path)
        for (const name of names) await symlink(findProgram(name)!, join(path, name))
        return findLimiter({ path })
      }
      const none = await having()
      expect(none.wrap(limits)).toEqual([])
      expect(none.missing).toEqual([expect.stringContaining("prlimit"), expect.stringContaining("setpriv")])

      const only = await having("prlimit")
      expect(only.wrap(limits)).toContain("--as=1000000000")
      expect(only.missing).toEqual([expect.stringContaining("setpriv")])

      const helpers = await having("prlimit", "setpriv")
      expect(helpers.missing).toEqual([expect.stringContaining("timeout of coreutils")])

      // A program that is there but may not do its work, as in some containers.
      const broken = join(folder.path, "broken")
      await mkdir(broken)
      await writeFile(join(broken, "prlimit"), "#!/bin/sh\nexit 1\n")
      await chmod(join(broken, "prlimit"), 0o755)
      expect(findLimiter({ path: broken }).missing).toEqual(none.missing)
    },
  )
})
