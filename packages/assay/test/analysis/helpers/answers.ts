/** What Potpie says about the small repository of the tests, as a structured answer. */
export const goodAnswer = {
  snippets: [
    {
      node_id: "src/b.py:1-1",
      file_path: "src/b.py",
      code: "b = 1",
      tags: ["code"],
      description: "Sets b.",
      line_start: 1,
      line_end: 1,
    },
  ],
  snippets_count: 1,
  analysis_response: { overview: "It sets variables." },
  metadata: {},
}

export const goodText = JSON.stringify(goodAnswer)
