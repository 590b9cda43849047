import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { PostgresDatabase } from "../src/index.js"
import { migrate, openDatabase } from "../src/index.js"
import type { TestDatabase } from "./helpers/create-test-database.js"
import { createTestDatabase, everyDatabase } from "./helpers/create-test-database.js"

const first = { id: "core-0001-first", sql: "create table assay.first (id int); create index on assay.first (id);" }
const second = { id: "core-0002-second", sql: "alter table assay.first add name text;" }
const other = { id: "git-0001-facts", sql: "create table assay.facts (id int);" }

describe.each(everyDatabase)("migrate on %s", (_name, create) => {
  let created: TestDatabase
  let database: PostgresDatabase

  beforeEach(async () => {
    created = await create()
    database = await openDatabase(created.url)
  })
  afterEach(async () => {
    await database?.close()
    await created?.drop()
  })

  test("applies what is missing in the order of the ids, and records it", async () => {
    expect(await migrate(database, [second, first])).toEqual([first.id, second.id])
    expect(await database.query("select id from assay.migrations order by id")).toEqual([
      { id: first.id },
      { id: second.id },
    ])
    expect(await database.query("select id, name from assay.first")).toEqual([])
  })

  test("applies the owners in the order in which they are given, whatever their names are", async () => {
    const reference = {
      id: "analysis-0001-answers",
      sql: "create table assay.answers (id int references assay.ids (id));",
    }
    const referred = { id: "core-0001-ids", sql: "create table assay.ids (id int primary key);" }
    expect(await migrate(database, [referred, reference])).toEqual([referred.id, reference.id])
  })

  test("does nothing the second time, and only what is new the third", async () => {
    await migrate(database, [first])
    expect(await migrate(database, [first])).toEqual([])
    expect(await migrate(database, [first, second])).toEqual([second.id])
  })

  test("lets each package bring its own", async () => {
    await migrate(database, [first, second])
    expect(await migrate(database, [other])).toEqual([other.id])
    expect(await migrate(database, [first, second])).toEqual([])
  })

  test("undoes a migration that fails together with its record, keeps those before it, and goes on from there", async () => {
    const broken = { id: second.id, sql: "create table assay.half (id int); select nonsense;" }
    await expect(migrate(database, [first, broken])).rejects.toMatchObject({ code: "42703" })
    expect(await database.query("select to_regclass('assay.half')::text as name")).toEqual([{ name: null }])
    expect(await migrate(database, [first, second])).toEqual([second.id])
  })

  test("refuses a recorded migration whose text was changed, but not one that was only indented anew", async () => {
    await migrate(database, [first])
    expect(await migrate(database, [{ ...first, sql: `\n  ${first.sql.replace("; ", ";\r\n\t")}\n` }])).toEqual([])
    await expect(migrate(database, [{ ...first, sql: "create table assay.else (id int)" }])).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(first.id) as string,
    })
  })

  test("refuses a database that a newer version has migrated, and says so", async () => {
    await migrate(database, [first, second])
    await expect(migrate(database, [first])).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(second.id) as string,
    })
  })

  test("refuses two migrations of one id", async () => {
    await expect(migrate(database, [first, { ...second, id: first.id }])).rejects.toThrow(TypeError)
  })

  test("leaves tables of other schemas alone", async () => {
    await database.exec("create table public.first (mine int); insert into public.first values (7)")
    await migrate(database, [first, second])
    expect(await database.query("select * from public.first")).toEqual([{ mine: 7 }])
  })
})

test("twenty processes that migrate at once apply each migration once", async () => {
  await using created = await createTestDatabase()
  const databases = await Promise.all(
    Array.from({ length: 20 }, () => openDatabase(created.url, { maxConnections: 2 })),
  )
  const applied = await Promise.all(databases.map((database) => migrate(database, [first, second, other])))
  await Promise.all(databases.map((database) => database.close()))
  expect(applied.flat().sort()).toEqual([first.id, second.id, other.id])
})
