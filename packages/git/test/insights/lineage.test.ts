import fc from "fast-check"
import { expect, test } from "vitest"
import { newestFirst, traceLineage } from "../../src/insights/lineage.js"
import type { HistoryBlock } from "../../src/facts/snapshot-facts.js"

type Change = [status: string, path: number, oldPath?: number]

/** A history of commits, oldest first, as blocks of the given size, the newest commit first or last in them. */
function history(commits: readonly (readonly Change[])[], { size = 2, reverse = false } = {}): HistoryBlock[] {
  const numbered = commits.map((changes, at) => ({ id: at + 1, changes }))
  if (reverse) numbered.reverse()
  const blocks: HistoryBlock[] = []
  for (let at = 0; at < numbered.length; at += size) {
    const own = numbered.slice(at, at + size)
    const changes = own.flatMap((commit) => commit.changes)
    let first = 0
    const zeros = new Float64Array(own.length)
    blocks.push({
      commits: {
        ...{ length: own.length, id: Int32Array.from(own, ({ id }) => id), merge: new Uint8Array(own.length) },
        ...{ authorId: new Int32Array(own.length), authoredAt: zeros, authorOffset: new Int16Array(own.length) },
        ...{ committedAt: zeros, rank: Float64Array.from(own, ({ id }) => Math.floor(id / 2)) },
        ...{ tie: Float64Array.from(own, ({ id }) => id), coauthors: new Map() },
        firstChange: Int32Array.from([0, ...own.map((commit) => (first += commit.changes.length))]),
      },
      changes: {
        length: changes.length,
        pathId: Int32Array.from(changes, ([, path]) => path),
        oldPathId: Int32Array.from(changes, ([, , oldPath]) => oldPath ?? 0),
        status: Uint8Array.from(changes, ([status]) => status.charCodeAt(0)),
        kind: new Uint8Array(changes.length).fill(102),
        added: new Int32Array(changes.length),
        deleted: new Int32Array(changes.length),
      },
    })
  }
  return blocks
}

/** The file of each change, by commit, oldest first; files that are gone as `path@commit` they were last seen in. */
function filesOf(blocks: HistoryBlock[], present: number[]): (number | string)[][] {
  const lineage = traceLineage(blocks, present)
  const result: (number | string)[][] = []
  for (const [at, { commits }] of blocks.entries()) {
    for (let commit = 0; commit < commits.length; commit++) {
      const files = [...lineage.files[at]!.slice(commits.firstChange[commit], commits.firstChange[commit + 1])]
      result[commits.id[commit]! - 1] = files.map((file) =>
        file > 0 ? file : `${lineage.lastPaths[-file - 1]}@${lineage.lastCommits[-file - 1]}`,
      )
    }
  }
  return result
}

test("follows a chain of renames to the file that is there in the end", () => {
  const commits: Change[][] = [[["A", 1]], [["M", 1]], [["R", 2, 1]], [["M", 2]], [["R", 3, 2]], [["M", 3]]]
  expect(filesOf(history(commits), [3])).toEqual([[3], [3], [3], [3], [3], [3]])
})

test("tells apart two files that had one path, one after the other", () => {
  const commits: Change[][] = [
    [["A", 1]],
    [["R", 2, 1]],
    [["A", 1]],
    [
      ["M", 1],
      ["M", 2],
    ],
  ]
  expect(filesOf(history(commits), [1, 2])).toEqual([[2], [2], [1], [1, 2]])
})

test("swaps names that were swapped in one commit", () => {
  const commits: Change[][] = [
    [
      ["A", 1],
      ["A", 2],
    ],
    [["M", 1]],
    [
      ["R", 1, 2],
      ["R", 2, 1],
    ],
    [["M", 1]],
  ]
  expect(filesOf(history(commits), [1, 2])).toEqual([[2, 1], [2], [1, 2], [1]])
})

test("knows a file that is gone by its last path and the commit that deleted it", () => {
  const commits: Change[][] = [[["A", 1]], [["R", 2, 1]], [["D", 2]], [["A", 2]], [["M", 2]]]
  expect(filesOf(history(commits), [2])).toEqual([["2@3"], ["2@3"], ["2@3"], [2], [2]])
})

test("a file that a merge took away is known by the commit that last touched it", () => {
  expect(filesOf(history([[["A", 1]], [["M", 1]], [["A", 2]]]), [2])).toEqual([["1@2"], ["1@2"], [2]])
})

test("a file that was deleted and made again is two", () => {
  const commits: Change[][] = [[["A", 1]], [["D", 1]], [["A", 1]], [["D", 1]]]
  expect(filesOf(history(commits), [])).toEqual([["1@2"], ["1@2"], ["1@4"], ["1@4"]])
})

test("the newest commit comes first, by rank and then by tie", () => {
  const order = newestFirst(history([[], [], [], []], { size: 3, reverse: true }))
  expect([...order.block].map((block, at) => [block, order.position[at]])).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
  ])
})

const anyChange = fc.tuple(
  fc.constantFrom("A", "M", "D", "R", "T"),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
)

test("says the same whatever the order of blocks and of commits in them", () => {
  const anyHistory = fc.array(fc.uniqueArray(anyChange, { maxLength: 4, selector: ([, path]) => path }), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(anyHistory, fc.integer({ min: 1, max: 5 }), (commits, size) => {
      const changes = commits.map((all) =>
        all.map(([status, path, old]): Change => (status === "R" ? [status, path, old] : [status, path])),
      )
      const present = [1, 2, 3]
      const expected = filesOf(history(changes, { size: 1 }), present)
      expect(filesOf(history(changes, { size, reverse: true }), present)).toEqual(expected)
      expect(filesOf(history(changes, { size }).reverse(), present)).toEqual(expected)
    }),
  )
})
