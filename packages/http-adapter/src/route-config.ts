import type { Action } from "./access/authorize.js"

/** What the plugin wants to know of each of its routes, besides the schemas. */
export interface RouteConfig {
  /** What is asked of the `authorize` hook. */
  readonly action: Action
  /** The route is one of the older API: its errors are `application/json`. */
  readonly legacy?: boolean
  /** Left out of the API's description. */
  readonly hidden?: boolean
  readonly summary?: string
  readonly description?: string
  readonly tag?: string
  /** The statuses of the problems that are its own, besides those that every route may answer with. */
  readonly problems?: readonly number[]
  /** Its body may be a form (`application/x-www-form-urlencoded`) as well as JSON. */
  readonly form?: boolean
  /** What a body of it may look like: told with every 400, as the older API does. */
  readonly example?: Readonly<Record<string, string>>
  /** The member of the body that holds the URL of a repository. Default `"url"`. */
  readonly urlMember?: string
  /** Of a successful answer. Default `"application/json"`. */
  readonly answerType?: string
  /** Headers of a successful answer, and what they mean. */
  readonly responseHeaders?: Readonly<Record<string, string>>
}

declare module "fastify" {
  interface FastifyContextConfig {
    assay?: RouteConfig
  }
}
