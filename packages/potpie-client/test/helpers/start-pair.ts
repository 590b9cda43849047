import { createPotpieClient, type PotpieClient, PotpieError, type PotpieOptions } from "../../src/index.js"
import {
  createFakePotpie,
  type FakeLineage,
  fakeLineages,
  type FakePotpie,
  type FakePotpieOptions,
} from "../../src/testing/index.js"

export const lineages = Object.keys(fakeLineages) as FakeLineage[]

export interface Pair extends AsyncDisposable {
  fake: FakePotpie
  potpie: PotpieClient
}

/** A fake server and a client of it, which is in more of a hurry than the default. */
export async function startPair(server: FakePotpieOptions = {}, client: Partial<PotpieOptions> = {}): Promise<Pair> {
  const fake = await createFakePotpie(server)
  const retry = { retries: 3, firstMs: 1, maxMs: 2000, unauthorizedMs: 1, ...client.retry }
  const potpie = createPotpieClient({ apiKey: fake.apiKey, baseUrl: fake.url, ...client, retry })
  return { fake, potpie, [Symbol.asyncDispose]: () => fake.close() }
}

/** A project and a conversation about it. */
export async function converse({
  potpie,
}: Pick<Pair, "potpie">): Promise<{ projectId: string; conversationId: string }> {
  const { projectId } = await potpie.parse({ repoName: "acme/orders", branchName: "main" })
  const { conversationId } = await potpie.createConversation({ projectId })
  return { projectId, conversationId }
}

/** The error that a call must end with. */
export async function failure(call: Promise<unknown> | AsyncIterable<unknown>): Promise<PotpieError> {
  try {
    if (Symbol.asyncIterator in call) for await (const _part of call) continue
    else await call
  } catch (error) {
    if (PotpieError.isInstance(error)) return error
    throw error
  }
  throw new Error("The call succeeded, and should not have.")
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The very text of an answer, past the client. */
export async function raw(
  fake: FakePotpie,
  path: string,
  init: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(fake.url + path, {
    method: init.method ?? (init.body === undefined ? "GET" : "POST"),
    headers: { "x-api-key": fake.apiKey, "content-type": "application/json", ...init.headers },
    ...(init.body !== undefined && { body: typeof init.body === "string" ? init.body : JSON.stringify(init.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
}
