import { describe, expect, test } from "vitest"
import { contributorAbsenceFactor } from "../../src/insights/metrics/absence-factor.js"
import { couplingOf } from "../../src/insights/metrics/coupling.js"
import { elephantFactor, organisationOf } from "../../src/insights/metrics/elephant-factor.js"
import { gini } from "../../src/insights/metrics/gini.js"
import { heatLevels } from "../../src/insights/metrics/heat-level.js"
import { rankHotspots } from "../../src/insights/metrics/hotspots.js"
import { wholeMonths } from "../../src/insights/metrics/line-age.js"
import { median, nearestRank, quantile } from "../../src/insights/metrics/quantile.js"
import { kindOfTag } from "../../src/facts/release-tags.js"
import { halfLife, surviveLines } from "../../src/insights/metrics/survival.js"
import { authorsOfFile, countTruckFactor, degreeOfAuthorship } from "../../src/insights/metrics/truck-factor.js"
import { roundHalfUp } from "../../src/insights/round-half-up.js"
import { gatherPeople } from "../../src/insights/people.js"

const chaoss = [1000, 202, 90, 33, 332, 343, 42, 433]

test("Gini: equal shares are 0, one owner is (n-1)/n, and the published example", () => {
  expect(gini([1, 1, 1, 1])).toBeCloseTo(0, 12)
  expect(gini([0, 0, 0, 4])).toBe(0.75)
  expect(gini(chaoss)).toBeCloseTo(0.4855, 4)
  expect(gini([])).toBeUndefined()
  expect(gini([0, 0])).toBeUndefined()
})

test("contributor absence factor: the example of CHAOSS, and halves that are met exactly", () => {
  expect(contributorAbsenceFactor(chaoss)).toBe(2)
  expect(contributorAbsenceFactor([5, 5])).toBe(1)
  expect(contributorAbsenceFactor([5, 5, 1])).toBe(2)
  expect(contributorAbsenceFactor([])).toBe(0)
})

test("elephant factor: eight equal organisations are 4, one with half is 1, and mostly unknown is nothing", () => {
  expect(elephantFactor(new Map(Array.from({ length: 8 }, (_, at) => [`o${at}`, 125])))).toBe(4)
  expect(
    elephantFactor(
      new Map([
        ["one", 500],
        ["two", 300],
        ["three", 200],
      ]),
    ),
  ).toBe(1)
  expect(
    elephantFactor(
      new Map([
        [undefined, 50],
        ["two", 30],
        ["three", 20],
      ]),
    ),
  ).toBe(2)
  expect(
    elephantFactor(
      new Map([
        [undefined, 51],
        ["two", 49],
      ]),
    ),
  ).toBeUndefined()
  expect(elephantFactor(new Map())).toBeUndefined()
})

test.each([
  ["ann@mail.kernel.org", "kernel.org"],
  ["ann@dept.example.co.uk", "example.co.uk"],
  ["ann@gmail.com", undefined],
  ["1+ann@users.noreply.github.com", undefined],
  ["ann@laptop.local", undefined],
  ["ann@192.168.1.7", undefined],
  ["ann", undefined],
  ["ANN@Corp.EXAMPLE", "The Corporation"],
])("%s belongs to %s", (email, organisation) => {
  expect(organisationOf(email, new Map([["corp.example", "The Corporation"]]))).toBe(organisation)
})

test("degree of authorship: the worked vectors", () => {
  expect(degreeOfAuthorship(true, 10, 0)).toBeCloseTo(6.031, 4)
  expect(degreeOfAuthorship(true, 2, 6)).toBeCloseTo(4.0944, 4)
  expect(degreeOfAuthorship(false, 6, 2)).toBeCloseTo(3.9243, 4)
})

test("authors of a file: who delivers much beside the creator is one; who only touched it is not", () => {
  expect(
    authorsOfFile({
      creators: new Set([1]),
      deliveries: new Map([
        [1, 2],
        [2, 6],
      ]),
    }).sort(),
  ).toEqual([1, 2])
  expect(
    authorsOfFile({
      creators: new Set([1]),
      deliveries: new Map([
        [1, 10],
        [2, 1],
      ]),
    }),
  ).toEqual([1])
  // Nobody created it, and all of one's degree is 3.293 + 0.164 − 0.321 · ln 1.
  expect(authorsOfFile({ creators: new Set(), deliveries: new Map([[7, 1]]) })).toEqual([7])
})

describe("truck factor", () => {
  const people = gatherPeople(
    ["c@x", "b@x", "a@x"].map((email, id) => ({
      ...{ id, name: email, email, personId: id, personName: email, personEmail: email, bot: false },
    })),
    { commitsOf: () => 1 },
  )

  test("stops as soon as less than half of the files have an author, and takes equals by address", () => {
    // People stand by address: 0 is a@x. Everybody has two files of six.
    const all = [[0], [0], [1], [1], [2], [2]]
    expect(countTruckFactor(all, { people, files: 6 })).toMatchObject({
      truckFactor: 2,
      removed: [
        { person: 0, files: 2 },
        { person: 1, files: 2 },
      ],
      covered: 6,
      coveredAfter: 2,
    })
  })

  test("goes on at exactly a half", () => {
    expect(countTruckFactor([[0], [1]], { people, files: 2 }).truckFactor).toBe(2)
    expect(countTruckFactor([[0], [1], []], { people, files: 3 }).truckFactor).toBe(1)
  })

  test("is 0 when those who are left never covered half, and nothing without files", () => {
    expect(countTruckFactor([[0], [0], [1]], { people, files: 3, counts: (person) => person === 1 }).truckFactor).toBe(
      0,
    )
    expect(countTruckFactor([], { people, files: 0 }).truckFactor).toBeUndefined()
  })
})

test("coupling: the degree is cut off, the average revisions are rounded up", () => {
  expect(couplingOf(5, 7, 8)).toEqual({ degree: 66, averageRevisions: 8, strength: 1000 / 15 })
  expect(couplingOf(5, 4, 5).degree).toBe(111)
  // 30 % exactly is in; a little less is out although it is cut off to 29.
  expect(couplingOf(6, 20, 20).strength).toBe(30)
  expect(couplingOf(6, 20, 21).strength).toBeLessThan(30)
})

test("survival: an estimate made by hand", () => {
  const month = 30 * 86_400
  // 10 lines at 0, 4 of them die at 1 month; 10 more at 1 month, 5 of them die at 3; seen until 4 months.
  const ledger = {
    commits: {
      length: 3,
      id: Int32Array.of(1, 2, 3),
      authorId: Int32Array.of(1, 1, 1),
      time: Float64Array.of(0, month, 3 * month),
      added: Int32Array.of(10, 10, 0),
    },
    deaths: { length: 2, at: Int32Array.of(1, 2), born: Int32Array.of(0, 1), count: Int32Array.of(4, 5) },
  }
  const steps = surviveLines(ledger, 4 * month)
  expect(steps.map(({ age, atRisk, deaths }) => [age, atRisk, deaths])).toEqual([
    [1, 20, 4],
    [2, 16, 5],
    [3, 11, 0],
    [4, 6, 0],
  ])
  expect(steps.map(({ survival }) => survival)).toEqual([0.8, 0.8 * (11 / 16), 0.8 * (11 / 16), 0.8 * (11 / 16)])
  expect(halfLife(steps)).toBeUndefined()
  expect(halfLife([{ age: 2, atRisk: 4, deaths: 2, survival: 0.5 }])).toBe(2)
})

test("whole months are those of the calendar", () => {
  const at = (text: string): number => Date.parse(text) / 1000
  expect(wholeMonths(at("2024-01-15T12:00:00Z"), at("2024-02-15T11:59:59Z"))).toBe(0)
  expect(wholeMonths(at("2024-01-15T12:00:00Z"), at("2024-02-15T12:00:00Z"))).toBe(1)
  expect(wholeMonths(at("2024-01-31T00:00:00Z"), at("2024-02-29T00:00:00Z"))).toBe(1)
  expect(wholeMonths(at("2024-01-31T00:00:00Z"), at("2023-01-31T00:00:00Z"))).toBe(0)
})

test("quantiles interpolate, ranks do not", () => {
  expect(median([3, 1, 2, 10])).toBe(2.5)
  expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6, 12)
  expect(nearestRank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9)
  expect(quantile([], 0.5)).toBeUndefined()
})

test("hotspots: only what is large and busy scores, and the order is fixed", () => {
  const ranked = rankHotspots([
    { path: "busy.ts", revisions: 100, size: 1 },
    { path: "both.ts", revisions: 50, size: 500 },
    { path: "frozen.ts", revisions: 0, size: 1000 },
    { path: "b.ts", revisions: 1, size: 100 },
    { path: "a.ts", revisions: 1, size: 100 },
  ])
  expect(
    ranked.map(({ path, score, category, percentile }) => [path, roundHalfUp(score), category, percentile]),
  ).toEqual([
    ["both.ts", 50, "stable", 100],
    ["busy.ts", 3.1623, "frequent", 80],
    ["a.ts", 3.1623, "stable", 80],
    ["b.ts", 3.1623, "stable", 80],
    ["frozen.ts", 0, "massive", 20],
  ])
  expect(rankHotspots([])).toEqual([])
})

test.each([
  ["v1.2.3", "release"],
  ["1.2", "release"],
  ["v1", "other"],
  ["release-1.0.0", "release"],
  ["@scope/name@2.0.1", "release"],
  ["v1.2.3-rc.1", "prerelease"],
  ["v1.2.3+build-7", "release"],
  ["v1.2.3.4.5", "other"],
  ["nightly", "other"],
])("the tag %s is of the kind %s", (name, kind) => expect(kindOfTag(name)).toBe(kind))

test("heat levels are quarters of the busy days, or fixed", () => {
  expect(heatLevels([0, 1, 2, 3, 4], "quartile")).toEqual([0, 1, 2, 3, 4])
  expect(heatLevels([0, 1, 3, 6, 11], "fixed")).toEqual([0, 1, 2, 3, 4])
})

test("numbers are rounded half up, to four decimals", () => {
  expect(roundHalfUp(1.00005)).toBe(1.0001)
  expect(roundHalfUp(0.12344999)).toBe(0.1234)
  expect(roundHalfUp(-0.00001)).toBe(0)
  expect(roundHalfUp(2 / 3)).toBe(0.6667)
})
