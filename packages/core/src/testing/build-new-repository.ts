import type { NewRepository } from "../repository.js"
import type { Snapshot } from "../snapshot.js"

/** A repository that can be created as it is; `name` tells it from others. */
export function buildNewRepository(facts: Partial<NewRepository> = {}): NewRepository {
  const name = facts.name ?? "acme/widgets"
  return {
    tenant: "default",
    url: `https://github.com/${name}`,
    key: `github.com/${name}`,
    name,
    trusted: false,
    ...facts,
  }
}

export function buildSnapshot(facts: Partial<Snapshot> = {}): Snapshot {
  return {
    id: 1,
    number: 1,
    commit: "0123456789abcdef0123456789abcdef01234567",
    branch: "main",
    publishedAt: new Date(Date.UTC(2026, 0, 1, 12)),
    totals: { commits: 3, mergeCommits: 1, contributors: 2, files: 5, lines: 80, additions: 100, deletions: 20 },
    ...facts,
  }
}
