import { defineJob } from "@assay/core"
import { z } from "zod"

/**
 * What may be asked of a repository. Apart from the handlers, so that a process that only asks imports no git code.
 */

const repositoryInput = z.strictObject({ repositoryId: z.int().positive() })

const indexInput = repositoryInput.extend({
  /** Reads everything again, also what is known already. Default `false`. */
  full: z.boolean().optional(),
})

const indexResult = z.object({
  /** The number of the published snapshot, counted per repository. */
  snapshot: z.int(),
  /** The commit it describes; all zeros for a repository without commits. */
  commit: z.string(),
  branch: z.string(),
  /** The remote had nothing new, so the snapshot is the one that was there before. */
  unchanged: z.boolean(),
  /** All commits of the snapshot, merges included. */
  commits: z.int(),
  contributors: z.int(),
  files: z.int(),
  /** Commits that the snapshot before did not have; all of them if everything was read again. */
  added: z.int(),
  /** Commits of the snapshot before that are gone: the remote has rewritten its history. */
  removed: z.int(),
})

const deleteResult = z.object({
  /** False if the repository was gone already. */
  removed: z.boolean(),
})

export type IndexResult = z.output<typeof indexResult>
export type DeleteResult = z.output<typeof deleteResult>

const repository = ({ repositoryId }: { repositoryId: number }): number => repositoryId
/** Index, update and delete of one repository take turns. */
const exclusiveKey = ({ repositoryId }: { repositoryId: number }): string => `repository:${repositoryId}`

/** A process that is stopped by force, by whoever restarts it a few times in a row, is not the fault of the repository. */
const crashes = 10

/** Brings mirror, facts and numbers of a repository up to date. Takes the secret `token` for a private remote. */
export const indexRepository = defineJob({
  type: "repository.index",
  input: indexInput,
  result: indexResult,
  repository,
  exclusiveKey,
  onConflict: "coalesce",
  crashes,
  timeout: "2h",
})

/** Like `indexRepository`, and always only what is new: for a push or a schedule. */
export const updateRepository = defineJob({
  type: "repository.update",
  input: repositoryInput,
  result: indexResult,
  repository,
  exclusiveKey,
  onConflict: "coalesce",
  crashes,
  timeout: "2h",
})

/** Removes a repository with its mirror and facts, and cancels whatever else is being done with it. */
export const deleteRepository = defineJob({
  type: "repository.delete",
  input: repositoryInput,
  result: deleteResult,
  repository,
  exclusiveKey,
  preempts: true,
  onConflict: "join",
  attempts: 5,
  crashes,
  timeout: "30m",
})
