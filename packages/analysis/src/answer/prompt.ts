const shape = `{
  "snippets": [
    {
      "node_id": "src/app.ts:10-42",
      "file_path": "src/app.ts",
      "code": "the lines 10 to 42 of that file, exactly as they stand there",
      "tags": ["entry-point"],
      "description": "what this piece does, in a sentence or two",
      "line_start": 10,
      "line_end": 42
    }
  ],
  "snippets_count": 1,
  "analysis_response": {
    "overview": "…",
    "architecture": "…",
    "data": "…",
    "integrations": "…",
    "configuration": "…",
    "testing": "…",
    "risks_and_gaps": "…"
  },
  "metadata": {}
}`

const rules = `Answer with one JSON value and nothing else: no text before or after it, no code fence. Its shape:

${shape}

Rules:
- Every claim rests on snippets. Refer to them by their node_id, which is path:first line-last line.
- "code" is copied from the file character by character: contiguous lines, with their indentation and comments, nothing left out,
  nothing shortened, nothing put right. Between 5 and 60 lines each.
- "file_path" is relative to the root of the repository. "line_start" and "line_end" count from 1 and include both lines.
- "snippets_count" is the number of elements of "snippets".
- Escape quotation marks, backslashes and line breaks in strings, so that any JSON parser reads it.
- Say "not found" where the code does not tell. Do not guess.`

const overview = `Explain how this repository is built to an engineer who will work on it from tomorrow. Read the code, not only its documents. In
"analysis_response", say in several sentences each:
- "overview": what it is for, for whom, and how one runs it
- "architecture": its parts, what each is responsible for, and how a request or a run goes through them
- "data": what it keeps, where, and in which form
- "integrations": services and libraries it depends on, and where they are called
- "configuration": settings, secrets and how they are read
- "testing": how it is tested, and what is not
- "risks_and_gaps": what is fragile, unfinished or dangerous, most serious first
Choose 10 to 25 snippets that show all of this.`

/** What an agent is told. Always asks for JSON; a `question` takes the place of the built-in one. */
export function createPrompt(question: string | undefined): string {
  if (question === undefined) return `${overview}\n\n${rules}`
  return `${question}

Put your answer into "analysis_response": a text, or an object with members of your own choice that suit the question. Choose the
snippets that show what you say.

${rules}`
}
