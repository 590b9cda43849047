import type { JobId, Transaction } from "@assay/core"

/**
 * - `intended`: it is about to be sent, or was; nobody has heard of it since
 * - `answered`: `text` is its answer
 * - `refused`: it certainly was not run
 * - `failed`: it was sent, and came to nothing; most likely it was billed
 * - `uncertain`: its attempt ended before it was known what became of it
 */
export type MessageState = "intended" | "answered" | "refused" | "failed" | "uncertain"

export interface MessageRow {
  number: number
  fence: number
  session_id: string
  state: MessageState
  text: string | null
}

type Query = Pick<Transaction, "query">

export async function findLastMessage(on: Query, analysisId: JobId): Promise<MessageRow | undefined> {
  const [row] = await on.query<MessageRow>(
    `select number, fence, session_id, state, text from assay.analysis_messages
    where analysis_id = $1 order by number desc limit 1`,
    [analysisId],
  )
  return row
}

export interface NewMessage {
  analysisId: JobId
  tenant: string
  number: number
  fence: number
  sessionId: string
}

export async function intendMessage(on: Query, message: NewMessage): Promise<void> {
  const { analysisId, number, tenant, fence, sessionId } = message
  await on.query(
    `insert into assay.analysis_messages (analysis_id, number, tenant, fence, session_id, state)
    values ($1, $2, $3, $4, $5, 'intended')`,
    [analysisId, number, tenant, fence, sessionId],
  )
}

export interface MessageOutcome {
  analysisId: JobId
  number: number
  state: Exclude<MessageState, "intended">
  text?: string | undefined
  failureCode?: string | undefined
}

export async function settleMessage(on: Query, outcome: MessageOutcome): Promise<void> {
  const { analysisId, number, state, text, failureCode } = outcome
  await on.query(
    `update assay.analysis_messages
    set state = $3, text = coalesce($4, text), failure_code = $5, settled_at = now()
    where analysis_id = $1 and number = $2`,
    [analysisId, number, state, text, failureCode],
  )
}

/**
 * Keeps an answer that came after its attempt had lost the job, if nobody has asked again since. It needs no fence: whoever has
 * the job now, this is what became of this message. Whether it was kept.
 */
export async function keepLateAnswer(
  on: Query,
  { analysisId, number, text }: { analysisId: JobId; number: number; text: string },
): Promise<boolean> {
  const kept = await on.query(
    `update assay.analysis_messages as message
    set state = 'answered', text = $3, failure_code = null, settled_at = now()
    where analysis_id = $1 and number = $2 and state in ('intended', 'uncertain')
      and not exists (
        select from assay.analysis_messages as later
        where later.analysis_id = message.analysis_id and later.number > message.number
      )
    returning number`,
    [analysisId, number, text],
  )
  return kept.length > 0
}
