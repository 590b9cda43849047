import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout } from "node:timers/promises"
import type { FakeAnswer } from "./fake-answer.js"
import { type FakeLineage, fakeLineages } from "./fake-lineage.js"
import type { FakeFault, FakePotpieOptions } from "./fake-options.js"
import {
  createFakeState,
  type FakeConversation,
  type FakeProject,
  type FakeRequest,
  type FakeRun,
  type FakeState,
} from "./fake-state.js"
import { HttpFailure, toErrorBody } from "./http-failure.js"
import { routeRequest } from "./route-request.js"
import { sendReply } from "./send-reply.js"

/** A Potpie server that parses nothing and asks no model, but answers as one of the lineages does. */
export interface FakePotpie extends AsyncDisposable {
  readonly lineage: FakeLineage
  /** `http://127.0.0.1:<port>`, to give to a client as its base URL. */
  readonly url: string
  /** The key that it accepts. */
  readonly apiKey: string
  /** All requests so far, their keys replaced by `[redacted]`. */
  readonly requests: readonly FakeRequest[]
  /** The keys that were sent, as they were sent. */
  readonly keys: ReadonlySet<string>
  readonly projects: readonly Readonly<FakeProject>[]
  readonly conversations: readonly Readonly<FakeConversation>[]
  readonly runs: readonly Readonly<FakeRun>[]
  /** How many runs of an agent were begun: what an account pays for. */
  readonly billed: number
  /** The answer to the next message that has none yet. */
  answerNext(answer: FakeAnswer): void
  /** What goes wrong with the next request that fits. */
  failNext(fault: FakeFault): void
  /** Breaks all connections. Closing twice is fine. */
  close(): Promise<void>
}

/** Starts a fake Potpie server on loopback. */
export async function createFakePotpie(options: FakePotpieOptions = {}): Promise<FakePotpie> {
  const { lineage = "S", port = 0, apiKey = `sk-${"0f".repeat(32)}` } = options
  const traits = fakeLineages[lineage]
  if (!traits) throw new TypeError(`There is no lineage ${lineage}; there are ${Object.keys(fakeLineages).join(", ")}.`)
  const state = createFakeState({ ...options, apiKey }, traits)
  const server = createServer({ keepAliveTimeout: 1000 }, (request, response) => {
    // A connection that breaks here was broken by a test, or by the client.
    serve(state, request, response).catch(() => response.destroy())
  })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  const close = async (): Promise<void> => {
    if (!server.listening) return
    for (const run of state.runs) run.end ??= "cancelled"
    state.bell.emit("change")
    const closed = once(server, "close")
    server.close()
    server.closeAllConnections()
    await closed
  }
  return {
    lineage,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests: state.requests,
    keys: state.keys,
    projects: state.projects,
    conversations: state.conversations,
    runs: state.runs,
    get billed() {
      return state.billed
    },
    answerNext: (answer) => void state.answers.push(answer),
    failNext: (fault) => void state.faults.push({ ...fault }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function serve(state: FakeState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString("utf8")
  const url = request.url ?? "/"
  const path = url.split("?", 1)[0] ?? "/"
  const query = new URLSearchParams(url.slice(path.length))
  const headers = toHeaders(request)
  const call = { method: request.method ?? "GET", path, query, headers, text }
  record(state, call)

  const requestId = toRequestId(state, headers["x-request-id"])
  response.setHeader("x-request-id", requestId)
  if (state.traits.errors === "sanitized") {
    response.setHeader("x-frame-options", "DENY")
    response.setHeader("content-security-policy", "frame-ancestors 'self'")
  }
  try {
    const fault = takeFault(state, call)
    if (fault?.delayMs) await setTimeout(fault.delayMs, undefined, { ref: false })
    if (fault?.loseAnswer) await routeRequest(state, call)
    if (fault?.loseAnswer || fault?.reset) return void response.destroy()
    if (fault?.hang === "headers") return
    if (fault && (await sendFault(response, fault))) return
    await sendReply(response, await routeRequest(state, call))
  } catch (error) {
    if (response.headersSent) throw error
    sendError(state, response, { error, requestId })
  }
}

function toHeaders(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return Object.fromEntries(pairs)
}

interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  text: string
}

function record(state: FakeState, { method, path, query, headers, text }: Seen): void {
  const key = headers["x-api-key"]
  if (key) state.keys.add(key)
  const shown = { ...headers, ...(key && { "x-api-key": "[redacted]" }) }
  let body: unknown = text === "" ? undefined : text
  try {
    if (text !== "") body = JSON.parse(text)
  } catch {
    // It stays the text.
  }
  state.requests.push({ method, path, query: Object.fromEntries(query), headers: shown, body })
}

function toRequestId({ traits }: FakeState, sent: string | undefined): string {
  const isKept = sent && (traits.errors === "classic" || /^[A-Za-z0-9._-]{1,128}$/.test(sent))
  return isKept ? sent : randomUUID()
}

function takeFault(state: FakeState, { method, path }: Seen): FakeFault | undefined {
  const index = state.faults.findIndex(
    (fault) =>
      (fault.method === undefined || fault.method === method) &&
      (fault.path === undefined || (fault.path instanceof RegExp ? fault.path.test(path) : fault.path === path)),
  )
  const fault = state.faults[index]
  if (!fault) return undefined
  fault.times = (fault.times ?? 1) - 1
  if (fault.times <= 0) state.faults.splice(index, 1)
  return fault
}

/** Whether the fault is all of the answer. */
async function sendFault(response: ServerResponse, fault: FakeFault): Promise<boolean> {
  const { status, body, retryAfter, headers, contentType } = fault
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter)
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  if (fault.crash) throw new Error("an exception that nobody caught")
  if (fault.hang === "body") {
    response.writeHead(200, { "content-type": "application/json" })
    response.write("{")
    return true
  }
  if (body === undefined) {
    if (status !== undefined) throw new HttpFailure(status, fault.detail ?? "A made-up failure")
    return false
  }
  response.writeHead(status ?? 502, { "content-type": contentType ?? "text/html" }).end(body)
  return true
}

function sendError(
  { traits }: FakeState,
  response: ServerResponse,
  { error, requestId }: { error: unknown; requestId: string },
): void {
  if (!(error instanceof HttpFailure) && traits.errors === "classic") {
    response.removeHeader("x-request-id")
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end("Internal Server Error")
    return
  }
  const failure = error instanceof HttpFailure ? error : new HttpFailure(500, "Internal Server Error")
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  response.writeHead(failure.status, { "content-type": "application/json" })
  response.end(JSON.stringify(toErrorBody(failure, traits, requestId)))
}
