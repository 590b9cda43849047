import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openSnapshotFacts } from "../../src/facts/open-snapshot-facts.js"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"
import { roundAll } from "../../src/insights/round-half-up.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { linearHistory, manyIdentities, mergesAndRenames, oddContents } from "../helpers/scenarios.js"
import { busyProject } from "./busy-project.js"
import { compute } from "./compute.js"
import { loadWithGit } from "./load-with-git.js"

/**
 * The facts that the jobs wrote, and those that a simple loader reads with plain git, must make equal insights. Languages, and what
 * is vendored, are the product's in both: the loader knows none.
 */

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

const variants: Record<string, Record<string, string>[]> = {
  churn: [{ by: "file" }, { by: "file", view: "exact" }, { interval: "day", tz: "America/New_York" }, { path: "src" }],
  hotspots: [{ size: "complexity" }, { since: "90d" }, { view: "exact", include: "vendored,data,documentation" }],
  coupling: [
    { minRevs: "1", minShared: "1", minDegree: "1" },
    { by: "files", period: "P1D", gone: "true" },
    { by: "people" },
  ],
  ownership: [{ by: "directory" }, { basis: "surviving" }, { by: "person", include: "vendored" }],
  "bus-factor": [
    { countCoAuthors: "true", reAddsCountAsFirstAuthor: "true" },
    { activeDays: "30", bots: "show" },
  ],
  activity: [{ by: "person" }, { by: "team" }, { interval: "week", weekStart: "sunday" }, { bots: "hide" }],
  "punch-card": [{ tz: "Asia/Kolkata" }],
  burndown: [{ cohort: "month", samples: "7" }],
  survival: [{ by: "people" }],
  contributors: [{ bots: "show", path: "src/*.ts" }],
}

const repositories: [name: string, make: () => Promise<TestRepository>][] = [
  ["a busy project", busyProject],
  ["a linear history", linearHistory],
  ["merges and renames", mergesAndRenames],
  ["odd contents", oddContents],
  ["many identities", manyIdentities],
]

describe.each(repositories)("of %s", (_, make) => {
  let stored: SnapshotFacts
  let loaded: SnapshotFacts
  beforeAll(async () => {
    await using source = await make()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    const commit = source.git("rev-parse", "main")
    const committedAt = new Date(Number(source.git("log", "-1", "--format=%ct", "main")) * 1000)
    const snapshot = { number: 1, commit, branch: "main", committedAt }
    stored = openSnapshotFacts(facts.database, { tenant: repository.tenant, repositoryId: repository.id, snapshot })
    const byGit = loadWithGit(source, commit)
    await byGit.lines()
    const own = new Map((await stored.files()).map((file) => [file.path, file]))
    loaded = {
      ...byGit,
      files: async () =>
        (await byGit.files()).map((file) => {
          const { language, detectable, excluded, lfs } = own.get(file.path)!
          return { ...file, language, detectable, excluded, lfs }
        }),
      // Read now, because the repository will be gone.
      people: (
        (people) => () =>
          people
      )(byGit.people()),
      tags: (
        (tags) => () =>
          tags
      )(byGit.tags()),
    }
    await Promise.all([loaded.people(), loaded.tags()])
  })

  test.each(Object.values(insightDefinitions).map((definition) => [definition.name, definition] as const))(
    "%s",
    async (name, definition) => {
      for (const parameters of [{}, ...(variants[name] ?? [])]) {
        const ours = await compute(definition, stored, { parameters })
        const theirs = await compute(definition, loaded, { parameters })
        expect([parameters, roundAll(ours as never)]).toEqual([parameters, roundAll(theirs as never)])
      }
    },
  )
})
