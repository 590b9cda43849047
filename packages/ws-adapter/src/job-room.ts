import { isFinished } from "@assay/core"
import type { Clock, Job, JobEvent, JobId, JobReader, JobState, Logger } from "@assay/core"
import { progressEvent } from "./envelope.js"
import type { Limits } from "./limits.js"
import { numbered, passing } from "./message.js"
import type { Message } from "./message.js"
import { lookBack } from "./present.js"
import type { Present } from "./present.js"
import { sendAll } from "./receiver.js"
import type { Receiver } from "./receiver.js"
import { createRowStream } from "./row-stream.js"

/** Everybody in this process who listens to one job. */
export interface JobRoom {
  /** Gives `receiver` what the job does after the event `position`. `job` is as it was read just now. */
  join(receiver: Receiver, job: Job, position: number): { leave: () => void }
  /** Rows up to this number can be read. */
  heard(number: number): void
  /** The job row was updated. */
  progressed(): void
}

export interface RoomOptions {
  reader: Pick<JobReader, "get" | "events">
  present: Present
  clock: Clock
  logger: Logger
  limits: Required<Limits>
  signal: AbortSignal
  onEmpty: () => void
}

export function createJobRoom(jobId: JobId, options: RoomOptions): JobRoom {
  const { reader, present, clock, logger } = options
  let latest: { readonly number: number; readonly state: JobState } = { number: 0, state: "queued" }
  let hasProgress = false
  let lastRead: Job | undefined
  /** The latest rows that were read, or those before what is read now: a presenter may want to know what came before. */
  let recent: readonly JobEvent[] = []

  function note(number: number, state: JobState): void {
    if (number >= latest.number) latest = { number, state }
  }

  /** Both at once, because every listener waits for both. */
  async function read(after: number, limit: number): Promise<readonly JobEvent[]> {
    const known = recent.at(-1)?.number === after
    const [rows, job, before] = await Promise.all([
      reader.events(jobId, after, limit),
      reader.get(jobId),
      known ? recent : eventsUpTo(reader, jobId, after),
    ])
    lastRead = job
    recent = before
    return rows
  }

  async function messagesOf(rows: readonly JobEvent[]): Promise<Message[]> {
    // What is said of an event needs the job as it was then, or newer.
    const isOlder = (lastRead?.eventNumber ?? 0) < (rows.at(-1)?.number ?? 0)
    const job = isOlder ? await reader.get(jobId) : lastRead
    const messages: Message[] = []
    for (const row of rows) {
      if (job) messages.push(...(await presented(job, row)))
      messages.push(numbered(row))
      note(row.number, row.state)
      recent = [...recent, row].slice(-lookBack)
    }
    return messages
  }

  /** What a host brings may fail; the events themselves are told all the same. */
  async function presented(job: Job, row: JobEvent): Promise<readonly Message[]> {
    try {
      return await present(job, row, recent)
    } catch (error) {
      logger.error({ error, jobId, number: row.number }, "an event could not be presented")
      return []
    }
  }

  const stream = createRowStream<JobEvent, number>(
    {
      read,
      positionOf: ({ number }) => number,
      messagesOf,
      async atRest(followers) {
        if (isFinished(latest.state)) {
          for (const { receiver, position } of followers) if (position >= latest.number) receiver.finished()
        }
        if (!hasProgress) return
        hasProgress = false
        const job = await reader.get(jobId)
        const event = job && progressEvent(job, new Date(clock.now()))
        if (!event) return
        const upToDate = followers.filter(({ position }) => position === event.number)
        sendAll(
          upToDate.map(({ receiver }) => receiver),
          [passing(event)],
        )
      },
    },
    options,
  )

  return {
    join(receiver, job, position) {
      note(job.eventNumber, job.state)
      const follower = stream.follow(receiver, position)
      return { leave: () => stream.leave(follower) }
    },
    heard(number) {
      if (number > latest.number) stream.news()
    },
    progressed() {
      hasProgress = true
      stream.news()
    },
  }
}

/** The latest events of a job up to a number, as many as a presenter is shown. */
export async function eventsUpTo(
  reader: Pick<JobReader, "events">,
  jobId: JobId,
  number: number,
): Promise<readonly JobEvent[]> {
  if (number <= 0) return []
  return reader.events(jobId, Math.max(0, number - lookBack), Math.min(lookBack, number))
}
