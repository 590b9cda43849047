import { fakeLineages } from "@assay/potpie-client/testing"
import type { FakeLineage } from "@assay/potpie-client/testing"
import { describe, expect, test } from "vitest"
import { goodAnswer, goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"

const lineages = Object.keys(fakeLineages) as FakeLineage[]

describe.each(lineages)("on lineage %s", (lineage) => {
  test("an analysis goes through its stages, and its answer is checked and kept", async () => {
    await using bench = await openBench({
      fake: { lineage, answers: [{ text: goodText, thought: "Let me see." }] },
    })
    const id = await bench.ask()

    const result = await bench.result(id)

    expect(await bench.stages(id)).toEqual(["parsing", "ready", "processing_conversations"])
    expect(result).toMatchObject({
      project_id: id,
      potpie_project_id: bench.fake.projects[0]!.id,
      ...{ repo: "acme/orders", branch: "main", commit: bench.commit, parsed_by: "commit" },
      snippets_count: 4,
      analysis_response: goodAnswer.analysis_response,
      verification: { verbatim: 1, differs: 1, missing: 1, unchecked: 1 },
      metadata: { model: "made-up", has_github_token: false, job_id: id, total_nodes_found: 4 },
    })
    expect(result.metadata.processing_time_ms).toBeGreaterThan(0)
    expect(result.snippets[0]).toEqual({ ...goodAnswer.snippets[0], verification: "verbatim", remark: null })
    const analysis = await bench.analyses.find(id, "default")
    expect(analysis).toMatchObject({
      ...{ id, state: "finished", commit: bench.commit, potpieStatus: "ready", failure: undefined, raw: undefined },
      answer: { response: goodAnswer.analysis_response, snippetsCount: 4, metadata: { model: "made-up" } },
    })
    expect(await bench.analyses.find(bench.fake.projects[0]!.id, "default")).toEqual(analysis)
    expect(await bench.analyses.snippets(id, "default")).toHaveLength(4)
    expect(bench.fake.billed).toBe(1)
  })
})

test("to look whether Potpie has parsed does not make it parse again", async () => {
  const statuses = ["submitted", "submitted", "submitted", "submitted", "ready"]
  await using bench = await openBench({ fake: { statuses, stuckAfterMs: 0, answers: [{ text: goodText }] } })
  await bench.result(await bench.ask())
  expect(bench.fake.projects).toMatchObject([{ parses: 1 }])
})
