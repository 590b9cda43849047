import { createFakePotpie } from "@assay/potpie-client/testing"
import type { FakePotpie, FakePotpieOptions } from "@assay/potpie-client/testing"
import { onTestFinished } from "vitest"
import { startAssay } from "../../helpers/command.js"
import type { RunningCommand, RunOptions } from "../../helpers/command.js"

/** A stand-in for Potpie whose projects are parsed when they are looked at for the first time. Closed when the test is over. */
export async function startPotpie(options: FakePotpieOptions = {}): Promise<FakePotpie> {
  const fake = await createFakePotpie({ statuses: ["ready"], ...options })
  onTestFinished(() => fake.close())
  return fake
}

export const potpieSettings = ({ apiKey, url }: FakePotpie): Record<string, string> => ({
  POTPIE_API_KEY: apiKey,
  POTPIE_BASE_URL: url,
})

export interface Answer {
  readonly status: number
  /** As it came. */
  readonly text: string
  readonly body: Record<string, unknown>
}

export async function call(method: string, url: string, body?: object | string): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : {
          body: typeof body === "string" ? body : JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
    signal: AbortSignal.timeout(15_000),
  })
  const text = await response.text()
  let parsed: unknown = {}
  try {
    parsed = JSON.parse(text)
  } catch {
    // A page, or numbers for a collector of metrics.
  }
  return { status: response.status, text, body: parsed as Record<string, unknown> }
}

/** `assay serve` as it is published. One that answers requests has a `url`. */
export interface Served {
  readonly command: RunningCommand
  readonly url: string
}

/** Resolves when it answers, or works. */
export async function serve(role: "all" | "api" | "worker", { cwd, env = {} }: RunOptions): Promise<Served> {
  const port = role === "worker" ? [] : ["--port", "0"]
  const command = startAssay(["serve", "--role", role, ...port], { ...(cwd === undefined ? {} : { cwd }), env })
  if (role === "worker") {
    await command.complains(/"msg":"service started"/)
    return { command, url: "" }
  }
  const [, url = ""] = await command.says(/listens on (http:\/\/[\d.:]+)/)
  await command.complains(/"msg":"service started"/)
  return { command, url }
}

/** Asks, and returns the id. */
export async function analyze(url: string, body: object): Promise<string> {
  const { status, body: answer, text } = await call("POST", `${url}/analyze`, body)
  if (status !== 200) throw new Error(`POST /analyze answered ${status}: ${text}`)
  return String(answer["project_id"])
}

export interface ProjectStatus {
  readonly status: string
  readonly failure?: { code: string }
  readonly data?: Record<string, unknown>
}

export const statusOf = async (url: string, id: string): Promise<ProjectStatus> =>
  (await call("GET", `${url}/status/${id}`)).body as unknown as ProjectStatus
