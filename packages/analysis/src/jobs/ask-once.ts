import { randomUUID } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { PotpieError } from "@assay/potpie-client"
import { createPrompt } from "../answer/prompt.js"
import { storableText } from "../answer/storable.js"
import { AnalysisError } from "../errors.js"
import { findLastMessage, intendMessage, keepLateAnswer, settleMessage } from "../rows/message-rows.js"
import type { MessageRow } from "../rows/message-rows.js"
import { changeRow, noteFailure } from "./analysis-run.js"
import type { AnalysisRun } from "./analysis-run.js"
import { withoutToken } from "./job-failure.js"
import { patientSignal } from "./patient-signal.js"

/** An answer as it came, and the message that it belongs to. */
export interface AnswerText {
  number: number
  text: string
}

/**
 * The answer to the one message of this analysis, which is billed: that of an earlier attempt, if it got one. Otherwise a row says
 * that a message is about to be sent, before it is. Whoever finds such a row without an outcome does not know whether it was billed.
 */
export async function askOnce(run: AnalysisRun): Promise<AnswerText> {
  const { context, settings } = run
  const last = await context.transaction((transaction) => findLastMessage(transaction, context.jobId))
  if (last?.state === "answered") return { number: last.number, text: last.text ?? "" }
  if (last?.state === "intended") {
    if (settings.onUncertain === "fail") await failUncertain(run, last)
    context.log.warn({ message: last.number }, "it is not known what became of a message; it is asked again")
  }
  const number = (last?.number ?? 0) + 1
  const { jobId: analysisId, tenant, fence } = context
  await context.transaction(async (transaction) => {
    // First, so that it is said by its name when the analysis is gone with its repository.
    await changeRow(run, transaction, {})
    if (last?.state === "intended") {
      await settleMessage(transaction, { analysisId, number: last.number, state: "uncertain" })
    }
    await intendMessage(transaction, { analysisId, tenant, number, fence, sessionId: randomUUID() })
  })
  const text = await send(run, number)
  await keepAnswer(run, { number, text })
  return { number, text }
}

async function failUncertain(run: AnalysisRun, { number }: MessageRow): Promise<never> {
  const error = new AnalysisError(
    "ANALYSIS_UNCERTAIN",
    "The worker was gone while Potpie was being asked. The message may have been billed, so it is not sent again by itself.",
  )
  await noteFailure(run, error, { number, state: "uncertain" })
  throw error
}

async function send(run: AnalysisRun, number: number): Promise<string> {
  const { context, settings, potpie, row } = run
  const { signal, release } = patientSignal(context.signal, settings.lateAnswerMs)
  try {
    const { text } = await potpie.ask({
      projectId: row.project_id ?? "",
      content: createPrompt(context.input.question),
      agentId: settings.agentId,
      signal,
    })
    return withoutToken(storableText(text), run.token)
  } catch (error) {
    // What became of it will never be known here; its row says so by having no outcome.
    if (context.signal.aborted) throw context.signal.reason
    await settleFailed(run, number, error)
    throw error
  } finally {
    release()
  }
}

/** Refused before any agent was run. The others may have been billed. */
const neverRun = new Set([
  "INVALID_INPUT",
  "POTPIE_AUTH",
  "POTPIE_NO_CREDITS",
  "POTPIE_FORBIDDEN",
  "POTPIE_NOT_FOUND",
  "POTPIE_REJECTED",
])

async function settleFailed(run: AnalysisRun, number: number, error: unknown): Promise<void> {
  // Something else than Potpie failed: nobody knows whether the message was sent.
  if (!PotpieError.isInstance(error)) return
  if (error.retryable || neverRun.has(error.code)) {
    const { jobId: analysisId } = run.context
    await run.context.transaction((transaction) =>
      settleMessage(transaction, { analysisId, number, state: "refused", failureCode: error.code }),
    )
    return
  }
  const arrived = error.raw ?? error.answer?.text
  const raw = arrived ? withoutToken(storableText(arrived), run.token) : undefined
  await noteFailure(run, error, { number, state: "failed", raw })
}

/** A store that is away for longer costs the worker its lease, which ends the wait. */
const pausesMs = [200, 500, 1_000, 2_000, ...Array.from({ length: 10 }, () => 5_000)]

/** It is paid for: a store that is away for a while, or a lease that is lost, must not be the end of it. */
async function keepAnswer(run: AnalysisRun, { number, text }: AnswerText): Promise<void> {
  const { context } = run
  const analysisId = context.jobId
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      await context.transaction((transaction) =>
        settleMessage(transaction, { analysisId, number, state: "answered", text }),
      )
      return
    } catch (error) {
      if (context.signal.aborted) await keepForNext(run, { number, text })
      if (context.signal.aborted || pauseMs === undefined) throw error
      await setTimeout(pauseMs, undefined, { signal: context.signal }).catch(() => {})
    }
  }
}

/** The job is another attempt's by now, or will be in a moment. There is little time. */
async function keepForNext({ context, settings }: AnalysisRun, { number, text }: AnswerText): Promise<void> {
  for (const pauseMs of [100, 400, 0]) {
    try {
      const kept = await keepLateAnswer(settings.database, { analysisId: context.jobId, number, text })
      context.log.info({ message: number, kept }, "an answer came after its attempt had ended")
      return
    } catch {
      await setTimeout(pauseMs)
    }
  }
}
