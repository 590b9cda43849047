import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { openDatabase } from "../../src/index.js"
import { lockFolder } from "../../src/pglite/folder-lock.js"
import { ownIdentity } from "../../src/pglite/process-identity.js"
import type { BundledSources, Child } from "../helpers/child-process.js"
import { bundleSources } from "../helpers/child-process.js"

let sources: BundledSources
let folder: string
let children: Child[]

beforeAll(async () => void (sources = await bundleSources()))
afterAll(() => sources.remove())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-lock-"))
  children = []
})
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()))
  rmSync(folder, { recursive: true, force: true })
})

function start(script: string): Child {
  const child = sources.start(script)
  children.push(child)
  return child
}

const open = (): Child =>
  start(`
    const database = await assay.openDatabase(${JSON.stringify(folder)})
    say("open")
    for (;;) {
      const line = await nextLine()
      if (line === "close") { await database.close(); say("closed") }
      else { await database.exec(line); say("done") }
    }`)

describe("a data folder", () => {
  test("is refused while another process has it open, naming that process and what to do", async () => {
    const owner = open()
    expect(await owner.nextLine()).toBe("open")
    const error = await openDatabase(folder).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: "STORE_LOCKED", hint: expect.stringContaining("Stop that process") as string })
    expect((error as Error).message).toContain(`process ${owner.process.pid}`)
    owner.send("close")
    expect(await owner.nextLine()).toBe("closed")
    const database = await openDatabase(folder)
    await database.close()
  })

  test("is refused a second time by the same process, however the path is written", async () => {
    await using database = await openDatabase(folder)
    await expect(openDatabase(join(folder, "..", folder.split("/").at(-1) as string))).rejects.toMatchObject({
      code: "STORE_LOCKED",
      message: expect.stringContaining("this process") as string,
    })
    expect(database.exclusive).toBe(true)
  })

  test("opens at once after its owner was killed, with everything that was committed", async () => {
    for (let round = 1; round <= 3; round++) {
      const owner = open()
      expect(await owner.nextLine()).toBe("open")
      owner.send("create table if not exists kept (id int)")
      await owner.nextLine()
      owner.send(`insert into kept values (${round})`)
      await owner.nextLine()
      await owner.kill()
    }
    await using database = await openDatabase(folder)
    expect(await database.query("select id from kept order by id")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  test("survives being killed at any moment of its first start", async () => {
    for (const delay of [0, 40, 80, 120, 160, 200, 240, 280, 320]) {
      const owner = start(`
        say("begin")
        const database = await assay.openDatabase(${JSON.stringify(folder)})
        say("open")
        await nextLine()`)
      await owner.nextLine()
      await new Promise((resolve) => setTimeout(resolve, delay))
      await owner.kill()
    }
    await using database = await openDatabase(folder)
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
    expect(readdirSync(folder).filter((name) => name.includes("new"))).toEqual([])
  })

  test("is given to exactly one of many processes that find the lock of a dead one", { timeout: 60_000 }, async () => {
    const dead = open()
    await dead.nextLine()
    await dead.kill()
    const rivals = Array.from({ length: 8 }, () =>
      start(`
        say("ready")
        await nextLine()
        try { await assay.openDatabase(${JSON.stringify(folder)}); say("open") } catch (error) { say(error.code) }
        await nextLine()`),
    )
    await Promise.all(rivals.map((rival) => rival.nextLine()))
    for (const rival of rivals) rival.send("go")
    const outcomes = await Promise.all(rivals.map((rival) => rival.nextLine()))
    expect(outcomes.sort()).toEqual([
      "STORE_LOCKED",
      "STORE_LOCKED",
      "STORE_LOCKED",
      "STORE_LOCKED",
      "STORE_LOCKED",
      "STORE_LOCKED",
      "STORE_LOCKED",
      "open",
    ])
  })
})

describe("a lock", () => {
  const write = (number: number, content: object): void =>
    writeFileSync(join(folder, `lock.${number}`), JSON.stringify({ ...ownIdentity(), ...content }))
  const touch = (number: number, secondsAgo: number): void => {
    const at = Date.now() / 1_000 - secondsAgo
    utimesSync(join(folder, `lock.${number}`), at, at)
  }

  test("of a process that is gone is taken over", () => {
    write(3, { pid: 2 ** 22 - 1 })
    lockFolder(folder).release()
    expect(readdirSync(folder)).toEqual(["lock.4"])
  })

  test.runIf(process.platform === "linux")("of another process with the number of a living one is taken over", () => {
    write(1, { startedAt: "1" })
    lockFolder(folder).release()
  })

  test("from before the machine was booted is taken over", () => {
    write(1, { bootId: "another" })
    lockFolder(folder).release()
  })

  test.each([
    ["another machine", { bootId: "another", host: "another" }],
    ["another container", { pidNamespace: "pid:[1]" }],
  ])("of %s counts for as long as it is touched", (_name, content) => {
    write(1, content)
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: "STORE_LOCKED" }))
    touch(1, 60)
    lockFolder(folder).release()
  })

  test("that is being written counts, and one whose writer died meanwhile does not", () => {
    writeFileSync(join(folder, "lock.1"), "")
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: "STORE_LOCKED" }))
    touch(1, 10)
    lockFolder(folder).release()
  })

  test("can be taken again once it was released, and releasing twice does not release a later one", () => {
    const first = lockFolder(folder)
    first.release()
    const second = lockFolder(folder)
    first.release()
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: "STORE_LOCKED" }))
    second.release()
    expect(JSON.parse(readFileSync(join(folder, "lock.2"), "utf8"))).toEqual({ released: true })
  })
})
