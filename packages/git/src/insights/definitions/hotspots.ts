import { timeText } from "../calendar.js"
import { candidateFiles } from "../candidate-files.js"
import { defineInsight } from "../insight-definition.js"
import { historyExclusions } from "../insight-context.js"
import { churnByFile } from "../metrics/churn.js"
import { rankHotspots } from "../metrics/hotspots.js"
import * as take from "../parameter.js"

export const hotspots = defineInsight({
  name: "hotspots",
  version: 1,
  title: "Hotspots",
  definition:
    "Which files are both large and often changed (Tornhill): score = 100 · √(revisions / most revisions · size / largest size). Candidates are the snapshot's text files that are somebody's own work; the largest values and the 90th percentiles are those of all candidates. Windows are by the committer's time.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    include: take.include,
    size: take.choice(
      "size",
      "What is large: `sloc` (lines that are not blank) or `complexity` (the sum of their indentation).",
      ["sloc", "complexity"],
    ),
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    view: take.lineageView,
    now: take.now,
    branch: take.branch,
  },
  values: {
    files: "candidates",
    hotspots: "candidates of the category `hotspot`",
    maxRevisions: "the most revisions of a candidate",
    maxSize: "the largest size of a candidate",
  },
  columns: {
    path: "the path at the snapshot",
    score: "0 to 100",
    category:
      "`hotspot`: revisions and size are both at or above the 90th percentile; `frequent`, `massive`: one of them; else `stable`",
    revisions: "non-merge commits that touched the file",
    size: "sloc or complexity, as asked for",
    revisionsShare: "revisions / most revisions",
    sizeShare: "size / largest size",
    percentile: "how many of a hundred candidates do not have a higher score",
    lines: "lines",
    sloc: "lines with a byte that is not white space",
    complexity: "the sum of the indentation of those lines, in steps of four columns",
    language: "after linguist's rules",
    lastAt: "the last of these commits, by the author's clock",
  },
  async compute(context, parameters) {
    const { results, leftOut } = await context.fold([churnByFile(context)], parameters, "committer")
    const [churned] = results
    const { candidates, exclusions } = candidateFiles(await context.files(parameters), parameters.include)
    const ranked = rankHotspots(
      candidates.map((file) => ({
        file,
        path: file.path,
        revisions: churned.get(file.pathId)?.revisions ?? 0,
        size: (parameters.size === "sloc" ? file.sloc : file.indentation?.sum) ?? 0,
      })),
    )
    const rows = ranked.map((hotspot) => {
      const { file } = hotspot.candidate
      const lastAt = churned.get(file.pathId)?.lastAt
      return {
        path: hotspot.path,
        score: hotspot.score,
        category: hotspot.category,
        revisions: hotspot.revisions,
        size: hotspot.size,
        revisionsShare: hotspot.revisionsShare,
        sizeShare: hotspot.sizeShare,
        percentile: hotspot.percentile,
        lines: file.lines ?? null,
        sloc: file.sloc ?? null,
        complexity: file.indentation?.sum ?? null,
        language: file.language ?? null,
        lastAt: lastAt === undefined ? null : timeText(lastAt),
      }
    })
    return {
      values: {
        files: rows.length,
        hotspots: rows.filter(({ category }) => category === "hotspot").length,
        maxRevisions: rows.reduce((most, { revisions }) => Math.max(most, revisions), 0),
        maxSize: rows.reduce((most, { size }) => Math.max(most, size), 0),
      },
      rows,
      exclusions: [...exclusions, ...historyExclusions(leftOut)],
    }
  },
})
