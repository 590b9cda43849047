import { readFileSync } from "node:fs"
import { InvalidInputError } from "@assay/core"
import { checkInsightParameters } from "@assay/git"
import { SetupError } from "../errors.js"

/** Which part of a history counts: parameters of insights, by their names, as text. */
export type InsightFilters = Readonly<Partial<Record<FilterName, string>>>

const optionNames = {
  since: "--since",
  until: "--until",
  path: "--path",
  exclude: "--exclude",
  bots: "--bots",
  ignoreCommits: "--ignore-commits",
} as const

export type FilterName = keyof typeof optionNames

export const filterNames = Object.keys(optionNames) as readonly FilterName[]

/** As it is written on the command line. */
export function optionOf(name: FilterName): string {
  return optionNames[name]
}

export interface FilterOptions {
  since?: string
  until?: string
  path?: readonly string[]
  exclude?: readonly string[]
  bots?: string
  /** A file. */
  ignoreCommits?: string
}

/** Reads them from the command line. Throws `USAGE` for a file that cannot be read, and `INVALID_INPUT` for a value that is none. */
export function readFilters(options: FilterOptions): InsightFilters {
  const { since, until, path = [], exclude = [], bots, ignoreCommits } = options
  const filters: InsightFilters = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(path.length === 0 ? {} : { path: path.join(",") }),
    ...(exclude.length === 0 ? {} : { exclude: exclude.join(",") }),
    ...(bots === undefined ? {} : { bots }),
    ...(ignoreCommits === undefined ? {} : { ignoreCommits: readCommitIds(ignoreCommits).join(",") }),
  }
  try {
    checkInsightParameters("summary", filters)
  } catch (error) {
    throw namedAsOptions(error)
  }
  return filters
}

/** Of an error about a parameter, the same error about the option. */
export function namedAsOptions(error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error
  const issues = error.issues.map(({ path, message }) => ({
    path: path.map((part) => (isFilterName(part) ? optionNames[part] : part)),
    message,
  }))
  return new InvalidInputError("The command line", issues)
}

function isFilterName(part: unknown): part is FilterName {
  return typeof part === "string" && Object.hasOwn(optionNames, part)
}

/** An id a line; what follows a `#` is a comment. The same file serves `git blame --ignore-revs-file`. */
function readCommitIds(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim())
      .filter((line) => line !== "")
  } catch (error) {
    throw new SetupError("USAGE", `--ignore-commits ${file} cannot be read: ${(error as Error).message}.`, {
      cause: error,
      hint: "Name a file with the id of a commit on each line, as git's blame.ignoreRevsFile has it.",
    })
  }
}
