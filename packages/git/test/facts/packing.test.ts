import fc from "fast-check"
import { expect, test } from "vitest"
import { packChanges, unpackChanges } from "../../src/facts/pack-changes.js"
import { packCommits, unpackCommits } from "../../src/facts/pack-commits.js"
import { packLedger, unpackLedger } from "../../src/facts/pack-ledger.js"
import { packRuns, unpackRuns } from "../../src/facts/pack-runs.js"

const id = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const seconds = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: -(2 ** 50), max: 2 ** 50 }))
const count = fc.integer({ min: 0, max: 2 ** 31 - 2 })

const commit = fc.record({
  merge: fc.boolean(),
  authorId: id,
  authoredAt: seconds,
  authorOffset: fc.integer({ min: -1439, max: 1439 }),
  committedAt: seconds,
  rank: seconds,
  tie: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  coauthors: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(id, { maxLength: 3 })),
})

test("commits come out of a block as they went in", () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 50 }), (commits) => {
      const columns = {
        length: commits.length,
        merge: Uint8Array.from(commits, ({ merge }) => Number(merge)),
        authorId: Int32Array.from(commits, ({ authorId }) => authorId),
        authoredAt: Float64Array.from(commits, ({ authoredAt }) => authoredAt),
        authorOffset: Int16Array.from(commits, ({ authorOffset }) => authorOffset),
        committedAt: Float64Array.from(commits, ({ committedAt }) => committedAt),
        rank: Float64Array.from(commits, ({ rank }) => rank),
        tie: Float64Array.from(commits, ({ tie }) => tie),
        coauthors: new Map(
          commits.flatMap(({ coauthors }, at): [number, Int32Array][] =>
            coauthors.length > 0 ? [[at, Int32Array.from(coauthors)]] : [],
          ),
        ),
      }
      expect(unpackCommits(packCommits(columns))).toEqual(columns)
    }),
  )
})

const change = fc.record({
  pathId: id,
  oldPathId: id,
  status: fc.constantFrom(..."AMDRT"),
  kind: fc.constantFrom(..."fls"),
  added: fc.oneof(count, fc.constant(-1)),
  deleted: fc.oneof(count, fc.constant(-1)),
})

test("changes come out of a block as they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 20 }), (commits) => {
      const firstChange = new Int32Array(commits.length + 1)
      commits.forEach(({ length }, at) => (firstChange[at + 1] = firstChange[at]! + length))
      const all = commits.flat()
      const block = {
        firstChange,
        changes: {
          length: all.length,
          pathId: Int32Array.from(all, ({ pathId }) => pathId),
          oldPathId: Int32Array.from(all, ({ oldPathId, status }) => (status === "R" ? oldPathId : 0)),
          status: Uint8Array.from(all, ({ status }) => status.charCodeAt(0)),
          kind: Uint8Array.from(all, ({ kind }) => kind.charCodeAt(0)),
          added: Int32Array.from(all, ({ added }) => added),
          deleted: Int32Array.from(all, ({ deleted }) => deleted),
        },
      }
      expect(unpackChanges(packChanges(block))).toEqual(block)
    }),
  )
})

test("lines come out of a ledger and of a file as they went in", () => {
  const births = fc.uniqueArray(fc.nat(100_000), { maxLength: 5 }).map((born) => born.sort((one, other) => one - other))
  const position = fc.record({ id, authorId: id, time: seconds, added: count, births, died: fc.nat(1_000) })
  fc.assert(
    fc.property(fc.nat(100_000), fc.array(position, { maxLength: 20 }), (firstPosition, chain) => {
      const block = {
        firstPosition,
        id: chain.map((one) => one.id),
        authorId: chain.map(({ authorId }) => authorId),
        time: chain.map(({ time }) => time),
        added: chain.map(({ added }) => added),
        deaths: chain.map(({ births: born, died }) => Int32Array.from(born.flatMap((birth) => [birth, died + 1]))),
      }
      expect(unpackLedger(packLedger(block))).toEqual(block)
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2 ** 30), count)), (runs) => {
      const file = { born: Int32Array.from(runs, ([born]) => born), count: Int32Array.from(runs, ([, lines]) => lines) }
      expect(unpackRuns(packRuns(file))).toEqual(file)
    }),
  )
})

test("refuses a block of a form that it does not know, and one that is cut off", () => {
  expect(() => unpackCommits(Uint8Array.of(9, 1, 2))).toThrow(RangeError)
  expect(() => unpackRuns(packRuns({ born: Int32Array.of(300), count: Int32Array.of(1) }).subarray(0, 2))).toThrow(
    RangeError,
  )
})
