import type { z } from "zod"
import { PotpieError } from "../errors.js"
import type { Call, Connection } from "./connection.js"
import { type Exchange, openExchange } from "./open-exchange.js"
import { pause } from "./pause.js"
import { readText } from "./read-body.js"
import { retryDelay } from "./retry.js"

/** Asked before a call is made again that may have arrived: its result, if it turns out to be done already. */
export type Recover<T> = () => Promise<T | undefined>

/** Does it, and does it again where the policy and the error allow it. */
export async function withRetries<T>(
  { connection, call }: { connection: Connection; call: Call },
  attempt: () => Promise<T>,
  recover?: Recover<T>,
): Promise<T> {
  let unauthorized = false
  for (let retried = 0; ; retried++) {
    try {
      return await attempt()
    } catch (error) {
      if (!PotpieError.isInstance(error)) throw error
      const facts = { retried, keyWorked: connection.keyWorked && !unauthorized, random: Math.random() }
      const delay = retryDelay(connection.retry, error, facts)
      if (delay === undefined) throw error
      unauthorized ||= error.code === "POTPIE_AUTH"
      const again = { method: call.method, path: connection.redact(call.path), code: error.code, ms: Math.round(delay) }
      connection.logger?.warn(again, "Potpie is asked again")
      await pause(delay, call.signal)
      if (recover && error.code !== "POTPIE_NETWORK" && error.code !== "POTPIE_RATE_LIMITED") {
        const found = await recover()
        if (found !== undefined) return found
      }
    }
  }
}

/** Opens an exchange whose body the caller reads. */
export function openCall(connection: Connection, call: Call): Promise<Exchange> {
  return withRetries({ connection, call }, () => openExchange(connection, call))
}

/** One exchange with JSON at its end, checked against what the page of the API says. */
export function makeCall<Schema extends z.ZodType>(
  connection: Connection,
  call: Call,
  answer: { schema: Schema; recover?: Recover<z.output<Schema>> },
): Promise<z.output<Schema>> {
  const attempt = async (): Promise<z.output<Schema>> => {
    const exchange = await openExchange(connection, call)
    return parseAnswer(await readText(exchange), answer.schema, exchange)
  }
  return withRetries({ connection, call }, attempt, answer.recover)
}

function parseAnswer<Schema extends z.ZodType>(text: string, schema: Schema, exchange: Exchange): z.output<Schema> {
  const { call, response, requestId, connection } = exchange
  const about = { status: response.status, requestId, detail: connection.redact(text).slice(0, 200) }
  const what = `Potpie's answer to ${call.method} ${connection.redact(call.path)}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new PotpieError("POTPIE_BAD_RESPONSE", `${what} is not JSON.`, {
      ...about,
      hint: "Is the base URL that of the API, and not of a web page in front of it?",
    })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(toKey), message }))
  throw new PotpieError("POTPIE_BAD_RESPONSE", `${what} has another shape than any known one.`, { ...about, issues })
}

function toKey(key: PropertyKey): string | number {
  return typeof key === "symbol" ? String(key) : key
}
