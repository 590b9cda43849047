import { AssayError, isJobId } from "@assay/core"
import type { Analyses } from "@assay/core"
import type { PotpieClient } from "@assay/potpie-client"
import { createPrompt } from "../answer/prompt.js"
import { readAnswer } from "../answer/read-answer.js"
import { countVerdicts, leaveUnchecked } from "../verification/verify-snippets.js"

/** Asks with the built-in prompt, and waits. Nothing is kept of it, and nothing checked: the commit is not known. */
export async function askNow(
  potpie: PotpieClient,
  { projectId }: Parameters<Analyses["ask"]>[0],
  { agentId, signal }: { agentId: string | undefined; signal: AbortSignal | undefined },
): ReturnType<Analyses["ask"]> {
  if (isJobId(projectId)) {
    throw new AssayError("INVALID_INPUT", "A project's id is that of Potpie.", {
      hint: "An analysis has it as potpieProjectId, once it is parsed.",
    })
  }
  const begunAt = performance.now()
  const { text } = await potpie.ask({ projectId, content: createPrompt(undefined), agentId, signal })
  const { response, metadata, snippets: answered } = readAnswer(text, { question: undefined })
  const snippets = leaveUnchecked(answered, "The commit that was analysed is not known.")
  return {
    answer: {
      ...{ response, metadata, snippetsCount: snippets.length, verification: countVerdicts(snippets) },
      processingTimeMs: Math.round(performance.now() - begunAt),
    },
    snippets,
  }
}
