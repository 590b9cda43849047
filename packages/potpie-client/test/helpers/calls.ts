import type { PotpieClient } from "../../src/index.js"
import { collect } from "./start-pair.js"

export const repository = { repoName: "acme/orders", branchName: "main" }

type NamedCall = [name: string, call: (potpie: PotpieClient) => Promise<unknown>]

export const harmless: NamedCall[] = [
  ["status", (potpie) => potpie.status("p")],
  ["findProject", (potpie) => potpie.findProject(repository)],
  ["projects", (potpie) => potpie.projects()],
  ["agents", (potpie) => potpie.agents()],
  ["search", (potpie) => potpie.search({ projectId: "p", query: "x" })],
  ["parse", (potpie) => potpie.parse(repository)],
  ["request", (potpie) => potpie.request({ path: "/health" })],
]
export const harmful: NamedCall[] = [
  ["createConversation", (potpie) => potpie.createConversation({ projectId: "p" })],
  ["ask", (potpie) => potpie.ask({ conversationId: "c", content: "x" })],
  ["ask about a project", (potpie) => potpie.ask({ projectId: "p", content: "x" })],
  ["stream", (potpie) => collect(potpie.stream({ conversationId: "c", content: "x" }))],
  ["stop", (potpie) => potpie.stop({ conversationId: "c" })],
  ["request", (potpie) => potpie.request({ method: "POST", path: "/api/v2/conversations/", body: {} })],
]
