import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { hasCommit } from "../../src/history/revisions.js"
import { noise } from "../helpers/create-repository.js"
import { fetchingProcesses } from "../helpers/fetching-process.js"
import type { FetchingProcesses } from "../helpers/fetching-process.js"
import { runningProcesses } from "../helpers/processes.js"
import { leftovers, serving } from "../helpers/serving.js"
import type { Serving } from "../helpers/serving.js"

let processes: FetchingProcesses

beforeAll(async () => {
  processes = await fetchingProcesses()
})

afterAll(() => processes[Symbol.asyncDispose]())

// More than one packet of the protocol, which git hands on only when it is whole.
const enough = 150_000

/** A server that stops in the middle of a pack for as long as `held` is true. */
async function stalling(): Promise<Serving & { held: boolean }> {
  const state = { held: false }
  const setting = await serving({
    pack(chunk, response, before) {
      const holds = state.held && before + chunk.length > enough
      response.write(holds ? chunk.subarray(0, enough - before) : chunk)
      return !holds
    },
  })
  return Object.defineProperty(setting as Serving & { held: boolean }, "held", {
    get: () => state.held,
    set: (value: boolean) => (state.held = value),
  })
}

/** The git processes that talk to the server, and the one that started them. */
const atWork = (setting: Serving): number[] =>
  runningProcesses()
    .filter((running) => running.arguments.includes(String(setting.server.port)))
    .map((running) => running.id)

/** Resolves when a part of the pack has been written below one of the folders in `parent`. */
const received = (parent: string): Promise<void> =>
  vi.waitFor(
    () => {
      const unfinished = readdirSync(parent, { recursive: true }).filter((name) => String(name).includes("tmp_pack_"))
      expect(unfinished).toHaveLength(1)
    },
    { timeout: 10_000, interval: 20 },
  )

async function kill(victim: ChildProcess): Promise<void> {
  if (victim.exitCode !== null) return
  victim.kill("SIGKILL")
  await once(victim, "exit")
}

function killProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL")
  } catch (error) {
    // The death of the others may have ended it already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

const noneLeft = (setting: Serving): Promise<void> =>
  vi.waitFor(() => expect(atWork(setting)).toEqual([]), { timeout: 1_000, interval: 20 })

const problems = async (setting: Serving): Promise<string> => {
  const mirror = (await setting.mirrors().open("7"))!
  const { output } = await mirror.git.run(["fsck", "--full", "--no-dangling"], { repository: mirror })
  return output.toString()
}

describe.runIf(process.platform === "linux")("a process that is killed", () => {
  test("while it makes a mirror leaves no git running and nothing that the next process does not remove", async () => {
    await using setting = await stalling()
    setting.held = true
    const victim = processes.start(setting.root, "7", setting.remote.url)
    await received(join(setting.root, "quarantine"))
    await kill(victim)
    await noneLeft(setting)
    await setting.server.quiet()
    expect(leftovers(setting.root)).toHaveLength(2)

    const mirrors = setting.mirrors()
    expect(await mirrors.sweep()).toBe(1)
    expect(leftovers(setting.root)).toEqual([])
    expect(await mirrors.open("7")).toBeUndefined()
    setting.held = false
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
    expect(await problems(setting)).toBe("")
  })

  test.each([
    ["alone", false],
    ["together with every git it started", true],
  ])("%s, while it updates a mirror, leaves the mirror as it was, and the next fetch succeeds", async (_, all) => {
    await using setting = await stalling()
    const mirrors = setting.mirrors()
    const { mirror, tip: before } = await mirrors.fetch("7", setting.remote)
    setting.source.commit({ from: "refs/heads/main", files: { "c.bin": noise(400_000, 2) } })
    const tip = setting.source.write()
    setting.held = true
    const victim = processes.start(setting.root, "7", setting.remote.url)
    await received(join(setting.root, "mirrors"))
    const others = atWork(setting).filter((id) => id !== victim.pid)
    const gone = kill(victim)
    if (all) others.forEach(killProcess)
    await gone
    await noneLeft(setting)
    expect(await hasCommit((await mirrors.open("7"))!, before)).toBe(true)

    expect(await mirrors.sweep()).toBe(0)
    expect(leftovers(setting.root)).toEqual([])
    setting.held = false
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "updated", tip })
    expect((await readdir(join(mirror.path, "objects/pack"))).filter((name) => name.startsWith("tmp_"))).toEqual([])
    expect(await problems(setting)).toBe("")
  })

  test("without a sweep afterwards stands in nobody's way", async () => {
    await using setting = await stalling()
    setting.held = true
    const victim = processes.start(setting.root, "7", setting.remote.url)
    await received(join(setting.root, "quarantine"))
    await kill(victim)
    setting.held = false
    const started = performance.now()
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test("at any moment of making and updating a mirror does no damage", async () => {
    await using setting = await serving()
    const mirrors = setting.mirrors()
    for (let turn = 0; turn < 6; turn++) {
      setting.source.commit({ from: "refs/heads/main", files: { [`${turn}.bin`]: noise(50_000, turn + 2) } })
      const tip = setting.source.write()
      const victim = processes.start(setting.root, "7", setting.remote.url)
      await setting.server.requested("info/refs")
      setting.server.requests.length = 0
      await wait(Math.random() * 500)
      await kill(victim)
      await noneLeft(setting)
      await mirrors.sweep()
      expect(leftovers(setting.root)).toEqual([])
      expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ tip })
      expect(await problems(setting)).toBe("")
    }
  }, 60_000)
})
