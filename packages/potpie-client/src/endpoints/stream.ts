import { randomUUID } from "node:crypto"
import { addPart, type Answer, answerBody, emptyAnswer, isSilent } from "../answer/answer.js"
import { checkAnswer } from "../answer/check-answer.js"
import { createObjectReader } from "../answer/object-reader.js"
import { PotpieError, withMore } from "../errors.js"
import type { Call, Connection } from "../http/connection.js"
import { openCall } from "../http/make-call.js"
import type { Exchange } from "../http/open-exchange.js"
import { readBytes } from "../http/read-body.js"
import { redactAnswer } from "../http/redact.js"
import { withDefaults } from "../http/with-defaults.js"
import { type ConversationMessage, messageRequest } from "./ask.js"
import { checkText, invalidInput } from "./check-input.js"

/** An answer while it is made. The message is sent when the iteration begins, and never twice. */
export interface AnswerStream extends AsyncIterable<Answer> {
  /** Names the run, for `stop` and, at L, `resume`. */
  readonly sessionId: string
  /** What has arrived until now: the sum of the parts. A copy. */
  readonly soFar: Answer
}

export interface ResumeInput extends ConversationMessage {
  /** Of the stream that was interrupted, at most 15 minutes ago. */
  sessionId: string
  /**
   * Your word that the server is of lineage L. Everywhere else the same request starts the run a second time, which is billed, and
   * shows the old answer while the new one is made unseen.
   */
  lineage: "L"
}

export function streamAnswer(connection: Connection, input: ConversationMessage): AnswerStream {
  return createStream(connection, input, undefined)
}

export function resumeAnswer(connection: Connection, input: ResumeInput): AnswerStream {
  checkText(input.sessionId, "sessionId")
  if (input.lineage !== "L") {
    throw invalidInput(
      "lineage",
      "must be L, the only lineage that resumes",
      "Elsewhere the message would be sent again.",
    )
  }
  return createStream(connection, input, "0-0")
}

function createStream(connection: Connection, input: ConversationMessage, cursor: string | undefined): AnswerStream {
  checkText(input.content, "content")
  const sessionId = input.sessionId ?? randomUUID()
  const call: Call = {
    ...messageRequest(input, { stream: true, sessionId, cursor }),
    headers: { accept: "text/event-stream, application/json" },
    harmless: cursor !== undefined,
    timeouts: withDefaults(connection.timeouts.streams, input.timeouts),
    signal: input.signal,
  }
  const soFar = emptyAnswer()
  let begun = false

  async function* read(): AsyncGenerator<Answer, void, void> {
    try {
      const exchange = await openCall(connection, call)
      for await (const part of readParts(exchange)) {
        addPart(soFar, part)
        if (!isSilent(part)) yield part
      }
      checkAnswer(soFar, { status: exchange.response.status, requestId: exchange.requestId })
    } catch (error) {
      throw PotpieError.isInstance(error)
        ? withMore(error, { sessionId, answer: redactAnswer(copy(soFar), connection.redact) })
        : error
    }
  }

  return {
    sessionId,
    get soFar() {
      return copy(soFar)
    },
    [Symbol.asyncIterator]() {
      if (begun) {
        throw new PotpieError(
          "INVALID_INPUT",
          "The stream was read already; reading it again would send the message again.",
        )
      }
      begun = true
      return read()
    },
  }
}

async function* readParts(exchange: Exchange): AsyncGenerator<Answer, void, void> {
  const reader = createObjectReader()
  for await (const bytes of readBytes(exchange)) {
    for (const object of reader.push(bytes)) {
      const part = answerBody.safeParse(object)
      if (!part.success) {
        throw new PotpieError("POTPIE_BAD_RESPONSE", "Potpie streams objects of another shape than any known one.")
      }
      yield part.data
    }
  }
  if (reader.isInside) {
    throw new PotpieError("POTPIE_INTERRUPTED", "Potpie's stream ends in the middle of an object.", {
      requestId: exchange.requestId,
      hint: "The run may go on at the server; to ask again bills again.",
    })
  }
}

function copy(answer: Answer): Answer {
  return { ...answer, citations: [...answer.citations], toolCalls: [...answer.toolCalls] }
}
