import { afterEach, beforeEach, expect, test } from "vitest"
import type { PostgresDatabase } from "../../src/index.js"
import { openDatabase } from "../../src/index.js"
import type { TestDatabase } from "../helpers/create-test-database.js"
import { createTestDatabase } from "../helpers/create-test-database.js"
import { eventually } from "../helpers/eventually.js"

let created: TestDatabase
let database: PostgresDatabase
let admin: PostgresDatabase

beforeEach(async () => {
  created = await createTestDatabase()
  database = await openDatabase(created.url, { applicationName: "victim" })
  admin = await openDatabase(created.url, { applicationName: "admin" })
})
afterEach(async () => {
  await database.close()
  await admin.close()
  await created.drop()
})

/** Ends every connection of `database`, as a restarting server does. */
async function unplug(): Promise<number> {
  const ended = await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim' and datname = current_database()",
  )
  return ended.length
}

test("idle connections that were lost cost nothing but a moment", async () => {
  await Promise.all(Array.from({ length: 5 }, () => database.query("select pg_sleep(0.05)")))
  expect(await unplug()).toBe(5)
  await eventually(() => database.query("select 1").catch(() => undefined))
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
})

test("a statement that was running is UNAVAILABLE, and the next one works", async () => {
  const running = database.query("select pg_sleep(30)")
  const failed = expect(running).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
  await eventually(unplug)
  await failed
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
})

test("a transaction that lost its connection between two statements is UNAVAILABLE, undone, and gives no broken connection to the next", async () => {
  await database.exec("create table half (id int)")
  await expect(
    database.transaction(async (transaction) => {
      await transaction.query("insert into half values (1)")
      await eventually(unplug)
      await eventually(async () => (await victims()) === 0)
      await transaction.query("insert into half values (2)")
    }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" })
  for (let round = 0; round < 12; round++) expect(await database.query("select id from half")).toEqual([])
})

test("listeners are told again after the connection that listens was lost, on every channel, and that it was", async () => {
  const heard: string[] = []
  let restored = 0
  await database.listen("one", (payload) => heard.push(`one ${payload}`), { onRestored: () => restored++ })
  await database.listen("two", (payload) => heard.push(`two ${payload}`))
  for (let round = 1; round <= 3; round++) {
    await eventually(unplug)
    await eventually(() => restored === round)
    await admin.query("select pg_notify('one', $1), pg_notify('two', $1)", [String(round)])
    await eventually(() => heard.length === 2 * round)
  }
  expect(heard.sort()).toEqual(["one 1", "one 2", "one 3", "two 1", "two 2", "two 3"])
})

test("one connection listens, however many channels there are", async () => {
  const before = await victims()
  for (let channel = 0; channel < 20; channel++) await database.listen(`channel ${channel}`, () => {})
  expect((await victims()) - before).toBeLessThanOrEqual(1)
})

test("a database that is closed while its listener is reconnecting leaves no connection behind", async () => {
  await database.listen("one", () => {})
  await eventually(unplug)
  await database.close()
  await eventually(async () => (await victims()) === 0)
})

async function victims(): Promise<number> {
  const rows = await admin.query(
    "select pid from pg_stat_activity where application_name = 'victim' and datname = current_database()",
  )
  return rows.length
}
