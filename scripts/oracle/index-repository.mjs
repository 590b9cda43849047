import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as core from "#core"
import * as git from "#git"
import * as postgres from "#postgres"
import { readInsights } from "./read-insights.mjs"

const page = 1000

/**
 * Indexes a repository as the service would, and reads its numbers through the same reader as the API.
 *
 * @param {string} path
 * @param {(ours: { commit: string, read: any, insights: Record<string, Map<string, any>> }) => Promise<[string, Map<string, any>, Map<string, any>][]>} [compare]
 *   asks while the database is open
 */
export async function indexRepository(path, compare) {
  const folder = mkdtempSync(join(tmpdir(), "assay-oracle-"))
  const database = await postgres.openDatabase("memory:")
  const parts = await postgres.openJobParts(database)
  await postgres.migrate(database, git.gitMigrations)
  const repositories = postgres.createPostgresRepositoryStore({ database })
  const statistics = git.createStatisticsReader({ database, repositories })
  const runtime = core.createRuntime(parts)
  git.registerRepositoryJobs(runtime.worker, { repositories, mirrors: git.createMirrors({ root: folder }) })
  await runtime.start()
  try {
    const { url, key, name } = git.parseRemoteUrl(path, { trusted: true })
    const { id, tenant } = await repositories.create({ tenant: "default", url, key, name, trusted: true })
    await (await runtime.client.enqueue(git.indexRepository, { repositoryId: id })).result()
    const { snapshot } = (await repositories.get(id, tenant)) ?? {}
    if (!snapshot) throw new Error(`The index of ${path} ended without a snapshot.`)
    const contributors = await all((offset) => statistics.contributors({ id, tenant }, { limit: page, offset }))
    const files = await all((offset) => statistics.files({ id, tenant }, { limit: page, offset }))
    const insights = git.createInsightReader({ database, repositories })
    const read = (/** @type {string} */ insight, /** @type {Record<string, string>} */ parameters = {}) =>
      /** @type {Promise<any>} */ (
        insights.read({ id, tenant }, /** @type {any} */ (insight), { parameters, limit: "all" })
      )
    const compared = compare ? await compare({ commit: snapshot.commit, read, insights: await readInsights(read) }) : []
    const by = (/** @type {string} */ member) =>
      new Map(contributors.map((person) => [person.email.toLowerCase(), person[member]]))
    const { totals, commit } = snapshot
    return {
      ...{ name, commit, compared },
      commits: totals.commits,
      merges: totals.mergeCommits,
      contributors: totals.contributors,
      additions: totals.additions,
      deletions: totals.deletions,
      files: totals.files,
      lines: totals.lines,
      commitsBy: by("commits"),
      additionsBy: by("additions"),
      deletionsBy: by("deletions"),
      linesOf: new Map(files.map((file) => [file.path, file.lines])),
    }
  } finally {
    await runtime.stop({ graceMs: 0 })
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {(offset: number) => Promise<{ items: readonly any[], total: number }>} read
 * @returns {Promise<any[]>}
 */
async function all(read) {
  const items = []
  for (;;) {
    const { items: more, total } = await read(items.length)
    items.push(...more)
    if (more.length === 0 || items.length >= total) return items
  }
}
