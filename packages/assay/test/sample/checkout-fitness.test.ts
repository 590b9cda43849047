import { execFileSync } from "node:child_process"
import { chownSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { whyUnfit } from "../../src/sample/checkout-fitness.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

function git(folder: string, ...args: string[]): void {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
  execFileSync("git", [...identity, "-C", folder, ...args], { stdio: "pipe" })
}

function checkout(): string {
  const folder = join(temporaryFolder(), "checkout")
  mkdirSync(folder)
  git(folder, "init", "--quiet")
  git(folder, "commit", "--quiet", "--allow-empty", "--message=one")
  git(folder, "commit", "--quiet", "--allow-empty", "--message=two")
  return folder
}

describe("whyUnfit", () => {
  it("finds nothing wrong with a checkout, nor with a linked worktree of it", () => {
    const folder = checkout()
    git(folder, "worktree", "add", "--quiet", "../linked")
    expect(whyUnfit(folder)).toBeUndefined()
    expect(whyUnfit(join(folder, "../linked"))).toBeUndefined()
  })

  it("recognises a folder without history, as it comes out of a tarball", () => {
    expect(whyUnfit(temporaryFolder())).toMatch(/not a Git checkout/)
  })

  it("recognises a .git that leads nowhere", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".git"), "gitdir: ../gone/.git/worktrees/x\n")
    expect(whyUnfit(folder)).toMatch(/not a Git checkout/)
  })

  it("recognises a shallow clone", () => {
    const folder = checkout()
    git(folder, "clone", "--quiet", "--depth=1", `file://${folder}`, "../shallow")
    expect(whyUnfit(join(folder, "../shallow"))).toMatch(/shallow/)
  })

  it.runIf(process.getuid?.() === 0)("recognises a checkout of another user", () => {
    const folder = checkout()
    chownSync(join(folder, ".git"), 65_534, 65_534)
    expect(whyUnfit(folder)).toMatch(/another user/)
  })
})
