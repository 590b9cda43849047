import { AssayError } from "@assay/core"
import type { Transaction } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { PostgresDatabase } from "../src/index.js"
import { openDatabase, PostgresError } from "../src/index.js"
import type { TestDatabase } from "./helpers/create-test-database.js"
import { createTestDatabase, everyDatabase } from "./helpers/create-test-database.js"
import { eventually } from "./helpers/eventually.js"

describe.each(everyDatabase)("a database: %s", (_name, create) => {
  let created: TestDatabase
  let database: PostgresDatabase

  beforeAll(async () => {
    created = await create()
    database = await openDatabase(created.url)
  })
  afterAll(async () => {
    await database?.close()
    await created?.drop()
  })

  test("converts parameters and columns alike", async () => {
    const at = new Date("2026-11-22T10:11:12.345Z")
    const [row] = await database.query(
      `select $1::int as int, $2::bigint as bigint, $3::float8 as float, $4::boolean as yes, $5::timestamptz as at,
        $6::jsonb as json, $7::bytea as bytes, $8::text as text, $9::text as nothing, $10::text as missing`,
      [1, 2 ** 40, 1.5, true, at, { a: [1, "x"] }, new Uint8Array([0, 255, 7]), 'a "b" \\ ü', null, undefined],
    )
    expect(row).toEqual({
      int: 1,
      bigint: 2 ** 40,
      float: 1.5,
      yes: true,
      at,
      json: { a: [1, "x"] },
      bytes: new Uint8Array([0, 255, 7]),
      text: 'a "b" \\ ü',
      nothing: null,
      missing: null,
    })
  })

  test("converts arrays, with nulls, quotes and braces in them", async () => {
    const at = new Date("2026-11-22T10:11:12.345Z")
    const words = ['a "b"', "c\\d", "{e,f}", "", "NULL", null, " g ", "ü"]
    const [row] = await database.query(
      `select $1::text[] as words, $2::int[] as ints, $3::bigint[] as bigints, $4::timestamptz[] as times,
        $5::boolean[] as booleans, $6::jsonb[] as jsons, $7::int[] as none, $8::bytea[] as bytes, $9::int[][] as nested`,
      [
        words,
        [1, null, -3],
        [2 ** 40],
        [at],
        [true, false],
        [{ a: '"' }],
        [],
        [new Uint8Array([1, 2])],
        [
          [1, 2],
          [3, 4],
        ],
      ],
    )
    expect(row).toEqual({
      words,
      ints: [1, null, -3],
      bigints: [2 ** 40],
      times: [at],
      booleans: [true, false],
      jsons: [{ a: '"' }],
      none: [],
      bytes: [new Uint8Array([1, 2])],
      nested: [
        [1, 2],
        [3, 4],
      ],
    })
  })

  test("cuts times to milliseconds, and reads any offset", async () => {
    const [row] = await database.query<{ at: Date }>("select '2026-01-02 03:04:05.678999+05:30'::timestamptz as at")
    expect(row?.at).toEqual(new Date("2026-01-01T21:34:05.678Z"))
  })

  test("leaves dates and numerics as text, because JavaScript has nothing that fits", async () => {
    expect(await database.query("select '2026-01-02'::date as day, 0.1::numeric as number")).toEqual([
      { day: "2026-01-02", number: "0.1" },
    ])
  })

  test("runs scripts of several statements", async () => {
    await database.exec("create table scripts (id int); insert into scripts values (1), (2);")
    expect(await database.query("select id from scripts order by id")).toEqual([{ id: 1 }, { id: 2 }])
  })

  test("sees a table's new columns in a statement it has run before", async () => {
    await database.exec("create table grows (a int); insert into grows values (1)")
    for (let round = 0; round < 8; round++) await database.query("select * from grows")
    await database.exec("alter table grows add b int default 2")
    expect(await database.query("select * from grows")).toEqual([{ a: 1, b: 2 }])
  })

  test("inserts columns of many rows at once, or none of them", async () => {
    await database.exec("create table facts (id int primary key, words text[], path text)")
    const ids = Array.from({ length: 12_001 }, (_, index) => index)
    const insert = {
      table: "facts",
      columns: { id: "int", words: "text[]", path: "text" },
      values: [ids, ids.map((id) => [`w${id}`, "x,y"]), ids.map((id) => (id % 2 ? null : `p"${id}`))],
    }
    await database.insertColumns(insert)
    expect(
      await database.query(
        "select count(*) as n, count(path) as p, (array_agg(words order by id))[1:1] as w from facts",
      ),
    ).toEqual([{ n: 12_001, p: 6_001, w: [["w0", "x,y"]] }])
    await database.insertColumns({ ...insert, onConflict: "on conflict do nothing" })
    await database.exec("delete from facts where id < 12000")
    await expect(database.insertColumns(insert)).rejects.toMatchObject({ code: "23505" })
    expect(await database.query("select count(*) as n from facts")).toEqual([{ n: 1 }])
  })

  test("inserting no rows does nothing, and columns of different lengths are refused", async () => {
    await database.exec("create table nobody (id int, name text)")
    await database.insertColumns({ table: "nobody", columns: { id: "int", name: "text" }, values: [[], []] })
    await expect(
      database.insertColumns({ table: "nobody", columns: { id: "int", name: "text" }, values: [[1], []] }),
    ).rejects.toThrow(TypeError)
  })

  test("commits what a transaction did, and returns what it returned", async () => {
    await database.exec("create table kept (id int)")
    const result = await database.transaction(async (transaction) => {
      await transaction.query("insert into kept values ($1)", [1])
      return "done"
    })
    expect(result).toBe("done")
    expect(await database.query("select id from kept")).toEqual([{ id: 1 }])
  })

  test("undoes what a transaction did when it rejects, and rethrows the same error", async () => {
    await database.exec("create table undone (id int)")
    const error = new Error("no")
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query("insert into undone values (1)")
        throw error
      }),
    ).rejects.toBe(error)
    expect(await database.query("select id from undone")).toEqual([])
  })

  test("rejects a transaction that swallowed a failed statement, because nothing of it was committed", async () => {
    await database.exec("create table swallowed (id int)")
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query("insert into swallowed values (1)")
        await transaction.query("select 1/0").catch(() => {})
      }),
    ).rejects.toMatchObject({ code: "25P02" })
    expect(await database.query("select id from swallowed")).toEqual([])
  })

  test("refuses a transaction that has ended", async () => {
    let kept: Transaction | undefined
    await database.transaction(async (transaction) => void (kept = transaction))
    await expect(kept?.query("select 1")).rejects.toThrow("The transaction has ended.")
  })

  test("keeps statements of others out of a transaction", async () => {
    await database.exec("create table apart (id int)")
    let started = (): void => {}
    const inside = new Promise<void>((resolve) => (started = resolve))
    const transaction = database.transaction(async (transaction) => {
      await transaction.query("insert into apart values (1)")
      started()
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error("undo")
    })
    await inside
    const outside = database.query("insert into apart values (2)")
    await expect(transaction).rejects.toThrow("undo")
    await outside
    expect(await database.query("select id from apart")).toEqual([{ id: 2 }])
  })

  test("answers statements of one transaction that were asked at once", async () => {
    const answers = await database.transaction((transaction) =>
      Promise.all(Array.from({ length: 50 }, (_, n) => transaction.query<{ n: number }>("select $1::int as n", [n]))),
    )
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n))
  })

  test("keeps the SQLSTATE of a refused statement, and no value of it", async () => {
    await database.exec("create table accounts (email text primary key)")
    await database.query("insert into accounts values ($1)", ["secret@example.org"])
    const duplicate = await database
      .query("insert into accounts values ($1)", ["secret@example.org"])
      .catch((error: unknown) => error)
    expect(PostgresError.isInstance(duplicate)).toBe(true)
    expect(duplicate).toMatchObject({ code: "23505", constraint: "accounts_pkey", table: "accounts", retryable: false })
    expect(everythingIn(duplicate)).not.toContain("secret")
    const malformed = await database.query("select $1::int", ["hunter2"]).catch((error: unknown) => error)
    expect(malformed).toMatchObject({ code: "22P02" })
    expect(everythingIn(malformed)).not.toContain("hunter2")
  })

  test("says so when text holds what PostgreSQL's cannot, and keeps it in JSON", async () => {
    await expect(database.query("select $1::text", ["a\0b"])).rejects.toMatchObject({ code: "INVALID_INPUT" })
    const value = { text: "a\0b" }
    expect(await database.query("select $1::json as value", [value])).toEqual([{ value }])
  })

  test("goes on after a failed statement", async () => {
    await expect(database.query("select nonsense")).rejects.toMatchObject({ code: "42703" })
    await expect(database.exec("select 1; selec")).rejects.toMatchObject({ code: "42601" })
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
  })

  test("hears notifications of the channels it listens on, after their commit and in order", async () => {
    const heard: string[] = []
    const done = new Promise<void>((resolve) => {
      void database
        .listen("Channel One", (payload) => {
          heard.push(payload)
          if (payload === "end") resolve()
        })
        .then(async () => {
          await database.query("select pg_notify('other', 'no')")
          await database
            .transaction(async (transaction) => {
              await transaction.query("select pg_notify('Channel One', 'undone')")
              throw new Error("undo")
            })
            .catch(() => {})
          await database.transaction(async (transaction) => {
            await transaction.query("select pg_notify('Channel One', 'a'), pg_notify('Channel One', 'b')")
          })
          await database.query("select pg_notify('Channel One', 'end')")
        })
    })
    await done
    expect(heard).toEqual(["a", "b", "end"])
  })

  test("stops telling a listener that was closed, and goes on telling the others, whatever one of them throws", async () => {
    const heard: string[] = []
    const first = await database.listen("shared", () => {
      throw new Error("a listener's own problem")
    })
    const second = await database.listen("shared", (payload) => heard.push(`second ${payload}`))
    let resolve = (): void => {}
    await database.listen("shared", (payload) => {
      heard.push(payload)
      resolve()
    })
    const ring = (payload: string): Promise<void> =>
      new Promise((told) => {
        resolve = told
        void database.query("select pg_notify('shared', $1)", [payload])
      })
    await ring("1")
    await first.close()
    await second.close()
    await second.close()
    await ring("2")
    expect(heard).toEqual(["second 1", "1", "2"])
  })

  test("lets timers fire while statements keep coming", async () => {
    let busy = true
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    const work = (async () => {
      while (busy) await database.query("select 1")
    })()
    await eventually(() => ticks >= 10)
    busy = false
    await work
    clearInterval(timer)
  })
})

describe("closing", () => {
  test.each(everyDatabase)("%s refuses what comes after, and closing twice is fine", async (_name, create) => {
    await using created = await create()
    const database = await openDatabase(created.url)
    await Promise.all([database.close(), database.close()])
    await database.close()
    await expect(database.query("select 1")).rejects.toMatchObject({ code: "CLOSED" })
    await expect(database.transaction(async () => {})).rejects.toMatchObject({ code: "CLOSED" })
    await expect(database.listen("x", () => {})).rejects.toMatchObject({ code: "CLOSED" })
  })
})

describe("what cannot be opened", () => {
  test.each(["mysql://root:hunter2@localhost/x", "redis://localhost", "", "  "])(
    "says what is accepted instead of %j",
    async (url) => {
      const error = await openDatabase(url).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: "INVALID_INPUT", hint: expect.stringContaining("postgres://") as string })
      expect(everythingIn(error)).not.toContain("hunter2")
    },
  )

  test("a URL that cannot be read is refused without repeating it", async () => {
    const error = await openDatabase("postgres://user:hunter2@host:port/x").catch((error: unknown) => error)
    expect(error).toMatchObject({ code: "INVALID_INPUT" })
    expect(everythingIn(error)).not.toContain("hunter2")
  })

  test("a server that is not there is UNAVAILABLE, and worth another try", async () => {
    const error = await openDatabase("postgres://user:hunter2@127.0.0.1:1/x").catch((error: unknown) => error)
    expect(AssayError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true })
    expect((error as Error).message).toContain("127.0.0.1:1")
    expect(everythingIn(error)).not.toContain("hunter2")
  })

  test("a database that does not exist is UNAVAILABLE, and not worth another try", async () => {
    await using created = await createTestDatabase()
    const url = new URL(created.url)
    url.pathname = "/assay_no_such_database"
    await expect(openDatabase(url.href)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false })
  })

  test.each(["disable", "prefer", "allow"])("sslmode=%s works with a server without TLS", async (mode) => {
    await using created = await createTestDatabase()
    const url = new URL(created.url)
    url.searchParams.set("sslmode", mode)
    await using database = await openDatabase(url.href)
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
  })

  test("sslmode=require is refused by a server without TLS", async () => {
    await using created = await createTestDatabase()
    const url = new URL(created.url)
    url.searchParams.set("sslmode", "require")
    await expect(openDatabase(url.href)).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })
})

/** All that a careless logger could print of an error. */
function everythingIn(error: unknown): string {
  const seen = new Set<unknown>()
  const collect = (value: unknown): string => {
    if (typeof value !== "object" || value === null) return String(value)
    if (seen.has(value)) return ""
    seen.add(value)
    return Object.getOwnPropertyNames(value)
      .map((name) => collect((value as Record<string, unknown>)[name]))
      .join(" ")
  }
  return collect(error)
}
