import { timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { historyExclusions } from "../insight-context.js"
import { churnByFile } from "../metrics/churn.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const files = defineInsight({
  name: "files",
  version: 1,
  title: "Files",
  definition:
    "The regular files of the snapshot (no links, no submodules). lines are those that a comparison with the empty tree adds, sloc those with a byte that is not white space. The indentation of such a line is floor((tabs · 4 + spaces) / 4) of its leading white space; complexity is their sum (Hindle, Godfrey, Holt). Revisions follow renames; windows are by the committer's time.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    view: take.lineageView,
    sort: take.choice("sort", "The column that rows are sorted by.", [
      "path",
      "lines",
      "sloc",
      "bytes",
      "complexity",
      "revisions",
      "lastAt",
      "language",
    ]),
    order: { ...take.order, default: "asc" },
    now: take.now,
    branch: take.branch,
  },
  values: {
    files: "regular files",
    binaryFiles: "of these, without lines",
    lfsFiles: "of these, pointers to what Git LFS keeps elsewhere",
    bytes: "bytes",
    lines: "lines",
    sloc: "lines with a byte that is not white space",
    unattributedFiles: "files that no non-merge commit touched",
  },
  columns: {
    path: "the file",
    language: "after linguist's rules; null when unknown",
    bytes: "bytes",
    lines: "lines; null for binary files",
    sloc: "lines with a byte that is not white space",
    complexity: "the sum of the indentation of these lines",
    meanIndentation: "its mean",
    sdIndentation: "its standard deviation (of the population)",
    maxIndentation: "the deepest line",
    revisions: "non-merge commits that touched it",
    lastAt: "the last of these, by the author's clock",
    excluded: "`vendored`, `generated`, `documentation` or null",
    reason: "which rule said so",
    executable: "has the mode 100755",
    lfs: "a pointer to what Git LFS keeps elsewhere",
  },
  async compute(context, parameters) {
    const { results, leftOut } = await context.fold([churnByFile(context)], parameters, "committer")
    const touched = results[0]
    const present = await context.files(parameters)
    const everTouched = (await context.fold([churnByFile(context)], { view: parameters.view }, "committer")).results[0]
    const rows = present.map((file) => {
      const lastAt = touched.get(file.pathId)?.lastAt
      return {
        path: file.path,
        language: file.language ?? null,
        bytes: file.bytes,
        lines: file.lines ?? null,
        sloc: file.sloc ?? null,
        complexity: file.indentation?.sum ?? null,
        meanIndentation: file.indentation?.mean ?? null,
        sdIndentation: file.indentation?.sd ?? null,
        maxIndentation: file.indentation?.max ?? null,
        revisions: touched.get(file.pathId)?.revisions ?? 0,
        lastAt: lastAt === undefined ? null : timeText(lastAt),
        excluded: file.excluded?.what ?? null,
        reason: file.excluded?.reason ?? null,
        executable: file.executable,
        lfs: file.lfs,
      }
    })
    const sum = (of: (row: (typeof rows)[number]) => number | null): number =>
      rows.reduce((total, row) => total + (of(row) ?? 0), 0)
    return {
      values: {
        files: rows.length,
        binaryFiles: rows.filter(({ lines }) => lines === null).length,
        lfsFiles: rows.filter(({ lfs }) => lfs).length,
        bytes: sum(({ bytes }) => bytes),
        lines: sum(({ lines }) => lines),
        sloc: sum(({ sloc }) => sloc),
        unattributedFiles: present.filter(({ pathId }) => !everTouched.has(pathId)).length,
      },
      rows: sortRows(rows, [
        [parameters.sort, parameters.order],
        ["path", "asc"],
      ]),
      exclusions: historyExclusions(leftOut),
    }
  },
})
