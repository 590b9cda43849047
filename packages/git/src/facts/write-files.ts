import type { Transaction } from "@assay/core"
import type { FileFacts } from "./describe-file.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import type { PathIds } from "./path-ids.js"

/** Writes files as members of the snapshot `addedIn` and those after it. */
export async function writeFiles(
  transaction: Transaction,
  scope: FactScope,
  batch: { files: readonly FileFacts[]; addedIn: number; pathIds: PathIds },
): Promise<void> {
  const { files } = batch
  const pathIds = await batch.pathIds.find(transaction, new Set(files.map(({ path }) => path)))
  await transaction.insertColumns({
    table: "assay.files",
    columns: {
      tenant: "text",
      repository_id: "int",
      path_id: "int",
      oid: "bytea",
      executable: "boolean",
      bytes: "bigint",
      lines: "int",
      sloc: "int",
      indentation_sum: "bigint",
      indentation_sd: "float8",
      indentation_max: "int",
      language: "text",
      detectable: "boolean",
      excluded: "text",
      excluded_reason: "text",
      lfs: "boolean",
      added_in: "int",
    },
    values: [
      repeated(scope.tenant, files.length),
      repeated(scope.repositoryId, files.length),
      files.map(({ path }) => pathIds.get(path)),
      files.map(({ oid }) => Buffer.from(oid, "hex")),
      files.map(({ executable }) => executable),
      files.map(({ bytes }) => bytes),
      files.map(({ text }) => text?.lines),
      files.map(({ text }) => text?.sloc),
      files.map(({ text }) => text?.indentation.sum),
      files.map(({ text }) => text?.indentation.sd),
      files.map(({ text }) => text?.indentation.max),
      files.map(({ language }) => language),
      files.map(({ detectable }) => detectable),
      files.map(({ excluded }) => excluded?.what),
      files.map(({ excluded }) => excluded?.reason),
      files.map(({ lfs }) => lfs),
      repeated(batch.addedIn, files.length),
    ],
  })
}

/** Ends the membership of the files at these paths, if there are any. */
export async function retireFiles(
  transaction: Transaction,
  scope: FactScope,
  batch: { paths: readonly string[]; removedIn: number; pathIds: PathIds },
): Promise<void> {
  const pathIds = await batch.pathIds.find(transaction, new Set(batch.paths))
  await transaction.query(
    `update assay.files set removed_in = $2
    where repository_id = $1 and path_id = any($3::int[]) and removed_in is null and added_in < $2`,
    [scope.repositoryId, batch.removedIn, batch.paths.map((path) => pathIds.get(path))],
  )
}
