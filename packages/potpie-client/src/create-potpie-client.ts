import { ask, askForValue, type AskInput } from "./endpoints/ask.js"
import { createConversation } from "./endpoints/create-conversation.js"
import { listAgents } from "./endpoints/list-agents.js"
import { listProjects } from "./endpoints/list-projects.js"
import { parse } from "./endpoints/parse.js"
import { findProject, getStatus } from "./endpoints/project-status.js"
import { request } from "./endpoints/request.js"
import { search } from "./endpoints/search.js"
import { stop } from "./endpoints/stop.js"
import { resumeAnswer, streamAnswer } from "./endpoints/stream.js"
import { waitUntilReady } from "./endpoints/wait-until-ready.js"
import type { PotpieClient } from "./potpie-client.js"
import { type PotpieOptions, toConnection } from "./potpie-options.js"
import type { StandardSchema } from "./standard-schema.js"

/**
 * A client of a Potpie server of any lineage. It holds no connection and nothing to close.
 *
 * @throws TypeError if the key or the base URL cannot be used.
 */
export function createPotpieClient(options: PotpieOptions): PotpieClient {
  const connection = toConnection(options)
  return {
    parse: (input, more) => parse(connection, input, more),
    status: (projectId, more) => getStatus(connection, projectId, more),
    findProject: (input, more) => findProject(connection, input, more),
    waitUntilReady: (project, more) => waitUntilReady(connection, project, more),
    projects: (more) => listProjects(connection, more),
    agents: (more) => listAgents(connection, more),
    createConversation: (input) => createConversation(connection, input),
    // One function under two signatures; the schema decides.
    ask: (<T>({ schema, ...input }: AskInput & { schema?: StandardSchema<T> | undefined }) =>
      schema ? askForValue(connection, input, schema) : ask(connection, input)) as PotpieClient["ask"],
    stream: (input) => streamAnswer(connection, input),
    resume: (input) => resumeAnswer(connection, input),
    stop: (input) => stop(connection, input),
    search: (input) => search(connection, input),
    request: (input) => request(connection, input),
  }
}
