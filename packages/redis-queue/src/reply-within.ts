import { AssayError } from "@assay/core"

/** Rejects with `UNAVAILABLE` when the answer does not come in time. Should it come later, nobody hears of it. */
export async function replyWithin<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // After a busy turn of the event loop the answer may be here already, only unread.
      setImmediate(() => {
        reject(new AssayError("UNAVAILABLE", `Redis did not answer within ${ms} milliseconds.`, { retryable: true }))
      })
    }, ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
