import { PotpieError, type PotpieErrorOptions } from "../errors.js"
import { cleanAnswerText } from "./answer-cleaner.js"
import type { Answer } from "./answer.js"

/** Each ends a text when the run broke there. The status is 200 all the same. */
const failure =
  /(\*An error occurred (during (multi-agent )?streaming|while executing tool '[^']*')\*|\[\[SUBAGENT_ERROR\]\][^\n]*(\n[^\n]+)*)$/

/**
 * That a connection closes is all that a server says about a completed run, and about a failed, a cancelled and an expired one.
 *
 * @throws PotpieError `POTPIE_ANSWER_EMPTY`, `POTPIE_ANSWER_FAILED`
 */
export function checkAnswer(answer: Answer, about: PotpieErrorOptions): Answer {
  const text = answer.text.trimEnd()
  if (failure.test(text)) {
    throw new PotpieError("POTPIE_ANSWER_FAILED", "The run failed at the server; its answer says so in its text.", {
      ...about,
      answer,
      hint: "What there is of the answer is in `answer`. To ask again bills again.",
    })
  }
  if (cleanAnswerText(text) === "") {
    throw new PotpieError("POTPIE_ANSWER_EMPTY", "Potpie answered without a text.", {
      ...about,
      answer,
      hint: "The run expired, failed or never started, or the conversation does not exist. To ask again bills again.",
    })
  }
  return answer
}
