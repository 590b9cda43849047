import { jobStates } from "@assay/core"
import { z } from "zod"

const time = z.iso.datetime().describe("In UTC.")
const projectId = z.string().describe("The job's id: the older service called it the project's.")

const failure = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  hint: z.string().optional(),
})

const eventTypes = [
  "job.scheduled",
  "job.queued",
  "job.started",
  "job.stage",
  "job.progress",
  "job.deferred",
  "job.retrying",
  "job.released",
  "job.lost",
  "job.cancelling",
  "job.succeeded",
  "job.failed",
  "job.cancelled",
] as const

export const envelopeSchema = z
  .object({
    id: z.string().nullable().describe("Names the event for ever; null for `job.progress`, which is not kept."),
    type: z.enum(eventTypes),
    time,
    seq: z
      .int()
      .describe("The event's number: 1, 2, 3 … per job, without gaps. `job.progress` has that of the last event."),
    cursor: z.string().optional().describe("In the feed of all jobs only: what `Last-Event-ID` takes there."),
    subject: z.object({ job_id: z.string(), project_id: projectId }),
    state: z.enum(jobStates).describe("The state that the job was in afterwards."),
    attempt: z.int().describe("The attempt (its fence) that it belongs to; 0 before the first."),
    data: z
      .record(z.string(), z.unknown())
      .describe(
        "`stage`, `worker`, `failure`, `reason`, `delay_ms`, `cancel_requested`; of `job.progress`: `done`, `total`, `unit`, `percent`.",
      ),
  })
  .describe("A numbered event of a job.")

const statusUpdate = z
  .object({
    project_id: projectId,
    job_id: z.string(),
    status: z
      .string()
      .describe(
        "`queued`, `running` or the name of a stage, `finished`, `failed`; the words of a kind of job may be its own. Of an analysis: `queued`, `parsing`, `ready`, `processing_conversations`, `finished`, `failed`.",
      ),
    message: z.string().describe("For people."),
    stage: z.string().optional(),
    progress: z.number().optional().describe("0 to 100, where it is known."),
    attempt: z.int().optional().describe("With a job that will be tried again: how many attempts are spent."),
    max_attempts: z.int().optional(),
    seq: z.int().describe("The number of the job's latest event at that moment."),
    timestamp: time,
  })
  .describe(
    "What a job is doing now. Also sent once to who joins. Of an analysis, no word is said twice in a row but `queued` between attempts.",
  )

const analysisComplete = z
  .object({
    project_id: projectId,
    job_id: z.string(),
    status: z.literal("finished"),
    data: z
      .unknown()
      .describe(
        "What the job returned. Of an analysis: its answer with its snippets, the same as `data` of `GET /status/{projectId}`.",
      ),
    message: z.string(),
    seq: z.int(),
    timestamp: time,
  })
  .describe("The job succeeded. Also sent to who joins afterwards.")

const analysisError = z
  .object({
    project_id: projectId,
    job_id: z.string(),
    status: z.literal("failed"),
    error: z.string(),
    message: z.string(),
    failure: failure.optional(),
    seq: z.int(),
    timestamp: time,
  })
  .describe("The job failed for good, or was cancelled. Never said of an attempt that another one follows.")

const complaint = z.object({
  code: z.string().describe("What a program may branch on."),
  message: z.string(),
  hint: z.string().optional(),
  timestamp: time,
})

/** What the service says, by name, and what comes with it. The same on every transport. */
export const serverEventSchemas = {
  event: envelopeSchema,
  status_update: statusUpdate,
  analysis_complete: analysisComplete,
  analysis_error: analysisError,
  join_error: complaint.extend({ project_id: z.string() }).describe("A join was refused."),
  goodbye: complaint.describe(
    "The service ends the connection. Connect again and ask for what came after the last `seq`.",
  ),
}

export const joinOptionsSchema = z
  .object({
    after: z
      .int()
      .min(0)
      .optional()
      .describe("The last `seq` that was seen: what came after it is sent, in order, once."),
    only: z
      .literal("event")
      .optional()
      .describe("Nothing but the numbered events: half the messages, for who shows them in words of their own."),
  })
  .describe("How to join. Without `after`: the state as it is, and what follows.")

export type JoinOptions = z.input<typeof joinOptionsSchema>

export type EventEnvelope = z.output<typeof envelopeSchema>
export type StatusUpdate = z.output<typeof statusUpdate>
export type AnalysisComplete = z.output<typeof analysisComplete>
export type AnalysisError = z.output<typeof analysisError>

/** What the service says, by name. */
export type ServerEvents = { [Name in keyof typeof serverEventSchemas]: z.output<(typeof serverEventSchemas)[Name]> }

/** The answer to a join, for callers that ask for one. */
export type JoinAnswer =
  | { readonly ok: true; readonly project_id: string; readonly state: string; readonly seq: number }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string }

/** For `Socket<ServerToClientEvents, ClientToServerEvents>` of socket.io-client. */
export type ServerToClientEvents = { [Name in keyof ServerEvents]: (data: ServerEvents[Name]) => void }

export interface ClientToServerEvents {
  join_project: (projectId: string, options?: JoinOptions | AnswerJoin, answer?: AnswerJoin) => void
  leave_project: (projectId: string) => void
}

export type AnswerJoin = (answer: JoinAnswer) => void
