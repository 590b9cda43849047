import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createRepository, noise } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { fetchingProcesses } from "../helpers/fetching-process.js"
import type { FetchingProcesses } from "../helpers/fetching-process.js"

const namespace = ["unshare", "--user", "--map-root-user", "--mount"]

/** A mount that ends with the process; ordinary users may have one where the kernel lets them have a namespace. */
function canMount(): boolean {
  try {
    const [program, ...args] = [...namespace, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    execFileSync(program!, args, { stdio: "ignore" })
    return true
  } catch {
    console.warn("The tests of a full disk are left out: this machine lets nobody mount a file system of their own.")
    return false
  }
}

let processes: FetchingProcesses

beforeAll(async () => {
  processes = await fetchingProcesses()
})

afterAll(() => processes?.[Symbol.asyncDispose]())

type Step =
  | { fetch: string; path: string }
  /** Takes all the space but so many bytes. */
  | { leave: number }
  /** Points a branch of a repository to a commit. */
  | { move: string; to: string }

interface Outcome {
  outcome?: string
  tip?: string
  code?: string
  retryable?: boolean
  message?: string
  /** Below the root of the mirrors, after the step. */
  left: string[]
  /** Whether plain git finds the mirror sound; only after a fetch. */
  sound?: boolean
}

/** Takes the steps in a process of its own, on a file system of its own. */
const script = `
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { createMirrors, parseRemoteUrl } from "./mirrors.mjs"
const [size, steps] = process.argv.slice(2)
execFileSync("mount", ["-t", "tmpfs", "-o", "size=" + size, "tmpfs", "/mnt"])
const root = "/mnt/mirrors"
mkdirSync(root)
const mirrors = createMirrors({ root, limits: { freeBytes: 0 } })
const outcomes = []
for (const step of JSON.parse(steps)) {
  if ("leave" in step) {
    rmSync("/mnt/filler", { force: true })
    const { bavail, bsize } = statfsSync("/mnt")
    writeFileSync("/mnt/filler", Buffer.alloc(Math.max(0, bavail * bsize - step.leave), 1))
    continue
  }
  if ("move" in step) {
    execFileSync("git", ["--git-dir", step.move, "update-ref", "refs/heads/main", step.to])
    continue
  }
  let said
  try {
    const { outcome, tip } = await mirrors.fetch(step.fetch, parseRemoteUrl(step.path, { trusted: true }))
    said = { outcome, tip }
  } catch (error) {
    said = { code: error.code, retryable: error.retryable, message: error.message }
  }
  const mirror = root + "/mirrors/" + step.fetch
  const sound = !existsSync(mirror) || spawnSync("git", ["--git-dir", mirror, "fsck", "--full", "--strict"]).status === 0
  outcomes.push({ ...said, sound, left: readdirSync(root, { recursive: true }) })
}
console.log(JSON.stringify(outcomes))
`

async function takeSteps(size: string, steps: readonly Step[]): Promise<Outcome[]> {
  const answer = await processes.run(script, { args: [size, JSON.stringify(steps)], before: namespace })
  return JSON.parse(answer) as Outcome[]
}

async function sized(bytes: number, seed: number): Promise<TestRepository> {
  const source = await createRepository()
  source.commit({ files: { "noise.bin": noise(bytes, seed) } })
  source.write()
  return source
}

const unwanted = ({ left }: Outcome): string[] =>
  left.filter((name) => /^(quarantine|trash|locks|uses)\/|tmp_|\.lock$/.test(name))
const mirrorsOf = ({ left }: Outcome): string[] => left.filter((name) => /^mirrors\/[^/]+$/.test(name)).sort()

describe.runIf(canMount())("a disk that is full", () => {
  test("while a mirror is made is said, leaves nothing behind, and hinders nobody else", async () => {
    await using large = await sized(20_000_000, 1)
    await using small = await sized(1_000_000, 2)
    const outcomes = await takeSteps("8m", [
      { fetch: "a", path: small.path },
      { fetch: "b", path: large.path },
      { fetch: "a", path: small.path },
      { fetch: "c", path: small.path },
    ])
    expect(outcomes).toMatchObject([
      { outcome: "created" },
      { code: "DISK_FULL", retryable: true },
      { outcome: "unchanged" },
      { outcome: "created" },
    ])
    for (const outcome of outcomes) expect(unwanted(outcome)).toEqual([])
    expect(mirrorsOf(outcomes[1]!)).toEqual(["mirrors/a"])
    expect(mirrorsOf(outcomes[3]!)).toEqual(["mirrors/a", "mirrors/c"])
  })

  test("while a mirror is updated leaves the mirror as it was, and the update succeeds once there is space", async () => {
    await using source = await sized(1_000_000, 2)
    const before = source.git("rev-parse", "main")
    source.commit({ from: "refs/heads/main", files: { "more.bin": noise(5_000_000, 3) } })
    const after = source.write()
    const outcomes = await takeSteps("16m", [
      { move: source.path, to: before },
      { fetch: "a", path: source.path },
      { move: source.path, to: after },
      { leave: 2_000_000 },
      { fetch: "a", path: source.path },
      { leave: 14_000_000 },
      { fetch: "a", path: source.path },
    ])
    expect(outcomes).toMatchObject([
      { outcome: "created", tip: before },
      { code: "DISK_FULL", retryable: true, sound: true },
      { outcome: "updated", tip: after },
    ])
    for (const outcome of outcomes) expect(unwanted(outcome)).toEqual([])
    expect(mirrorsOf(outcomes[1]!)).toEqual(["mirrors/a"])
  })

  test("at whatever moment is said as such, and loses nothing", async () => {
    await using source = await sized(20_000, 2)
    const before = source.git("rev-parse", "main")
    source.commit({ from: "refs/heads/main", files: { "more.bin": noise(20_000, 3) } })
    const after = source.write()
    const steps: Step[] = []
    // From no page at all to more than all of it takes: each write of git and of ours is the one that fails, once.
    for (let leave = 0; leave <= 100_000; leave += 8_192) {
      const step = { fetch: `m${leave}`, path: source.path }
      steps.push({ move: source.path, to: before }, { leave }, step, { leave: 2_000_000 }, step)
      steps.push({ move: source.path, to: after }, { leave }, step, { leave: 2_000_000 }, step)
    }
    const outcomes = await takeSteps("8m", steps)
    let refused = 0
    for (const [index, outcome] of outcomes.entries()) {
      const step = `fetch ${index}`
      expect(outcome.sound, step).toBe(true)
      expect(unwanted(outcome), step).toEqual([])
      if (outcome.code === undefined) continue
      expect(outcome, `${step}: ${outcome.message}`).toMatchObject({ code: "DISK_FULL", retryable: true })
      // With space it succeeds.
      expect(outcomes[index + 1], step).toMatchObject({ tip: index % 4 === 0 ? before : after })
      refused++
    }
    expect(refused).toBeGreaterThan(6)
    expect(refused).toBeLessThan(outcomes.length / 2)
  }, 120_000)
})
