import { readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { openDatabase } from "../../src/index.js"
import { createTestFolder } from "../helpers/create-test-database.js"

test("the log of a busy database does not grow without end", async () => {
  await using folder = createTestFolder()
  await using database = await openDatabase(folder.url)
  await database.exec("create table busy (id int primary key, text text)")
  await database.query("insert into busy select n, '' from generate_series(1, 300) as n")
  // About 200 kB of log each.
  for (let round = 0; round < 600; round++) await database.query("update busy set text = repeat('x', 600)")
  const segments = readdirSync(join(folder.url, "pgdata", "pg_wal")).filter((name) => /^[0-9A-F]{24}$/.test(name))
  // 1 MB each; all rounds together have written twice as much.
  expect(segments.length).toBeLessThan(70)
  const [row] = await database.query<{ kb: number }>("select pg_relation_size('busy') / 1024 as kb")
  expect(row?.kb, "dead rows are taken away").toBeLessThan(60_000)
})

test("a table that was filled is known to be large", async () => {
  await using database = await openDatabase("memory:")
  await database.exec("create table filled (id int, text text)")
  for (let round = 0; round < 300; round++) {
    await database.query("insert into filled select n, repeat('x', 500) from generate_series(1, 300) as n")
  }
  const [row] = await database.query<{ rows: number }>(
    "select reltuples::int as rows from pg_class where relname = 'filled'",
  )
  expect(row?.rows).toBeGreaterThan(10_000)
})
