import { STATUS_CODES } from "node:http"
import type { RouteOptions } from "fastify"
import { z } from "zod"
import { problemSchema } from "./problem/problem.js"
import type { RouteConfig } from "./route-config.js"
import { analysisDataSchema } from "./views/analysis-data.js"
import { analysisSchema, snippetSchema } from "./views/analysis-view.js"
import { attemptSchema, jobSchema } from "./views/job-view.js"
import { queueSchema, workerSchema } from "./views/worker-view.js"
import { insightSchema, insightSnapshotSchema } from "./views/insight-view.js"
import { scheduleSchema } from "./views/schedule-view.js"
import { repositorySchema, snapshotSchema } from "./views/repository-view.js"
import { activitySchema, busFactorSchema, churnSchema, contributorSchema, fileSchema } from "./views/statistics-view.js"

type JsonSchema = Record<string, unknown>

/** What OpenAPI calls a document, as far as it matters here. */
export interface OpenApiDocument {
  openapi: "3.1.0"
  info: { title: string; version: string; description: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, JsonSchema>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, JsonSchema> }
  security: Record<string, string[]>[]
}

export interface OpenApiOptions {
  version: string
  /** Whether API keys are asked for. */
  secured: boolean
}

/** Schemas with a name of their own. The registry is made per document: zod's global one refuses a name twice. */
const named: Readonly<Record<string, z.ZodType>> = {
  Repository: repositorySchema,
  Snapshot: snapshotSchema,
  Job: jobSchema,
  Attempt: attemptSchema,
  Schedule: scheduleSchema,
  Analysis: analysisSchema,
  Snippet: snippetSchema,
  AnalysisData: analysisDataSchema,
  Queue: queueSchema,
  Worker: workerSchema,
  Contributor: contributorSchema,
  File: fileSchema,
  BusFactor: busFactorSchema,
  Churn: churnSchema,
  Activity: activitySchema,
  Insight: insightSchema,
  InsightSnapshot: insightSnapshotSchema,
  Problem: problemSchema,
}

/**
 * Describes routes by the very schemas that check them. Written here rather than taken from a library because those call
 * every body required (ours mostly are not) and know nothing of the headers of an answer.
 */
export function describeApi(routes: readonly RouteOptions[], options: OpenApiOptions): OpenApiDocument {
  const toSchema = createSchemaWriter()
  const paths: OpenApiDocument["paths"] = {}
  const tags = new Set<string>()
  for (const { url, method, schema = {}, config } of routes) {
    const about = config?.assay
    if (method === "HEAD" || !about || about.hidden) continue
    if (about.tag) tags.add(about.tag)
    const path = (paths[url.replace(/:(\w+)/g, "{$1}")] ??= {})
    path[String(method).toLowerCase()] = {
      operationId: operationId(String(method), url),
      ...(about.summary && { summary: about.summary }),
      ...(about.description && { description: about.description }),
      ...(about.tag && { tags: [about.tag] }),
      parameters: [
        ...parametersOf("path", schema.params, toSchema),
        ...parametersOf("query", schema.querystring, toSchema),
        ...parametersOf("header", schema.headers, toSchema),
      ],
      ...(schema.body instanceof z.ZodType && { requestBody: bodyOf(schema.body, about, toSchema) }),
      responses: {
        ...answersOf(schema.response as Record<string, z.ZodType> | undefined, about, toSchema),
        ...problemsOf(about, options.secured, toSchema),
      },
      ...(about.action === "meta.read" && { security: [] }),
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Assay",
      version: options.version,
      description:
        "Asynchronous analysis of Git repositories: register one, ask for work on it, follow the job, read the results.",
    },
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: toSchema.components(),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
      },
    },
    security: options.secured ? [{ bearer: [] }, { apiKey: [] }] : [],
  }
}

interface SchemaWriter {
  (schema: z.ZodType, io: "input" | "output"): JsonSchema
  components(): Record<string, JsonSchema>
}

function createSchemaWriter(): SchemaWriter {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const uri = (id: string): string => `#/components/schemas/${id}`
  const shared = {
    uri,
    // With a registry of our own, zod does not look for descriptions where `describe` puts them.
    override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }) => {
      const description = z.globalRegistry.get(zodSchema)?.description
      if (description !== undefined && jsonSchema.$ref === undefined) jsonSchema.description ??= description
      delete jsonSchema.$schema
      delete jsonSchema.$id
    },
  }
  const write = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
    const id = registry.get(schema)?.id
    if (id) return { $ref: uri(id) }
    const written = z.toJSONSchema(schema, { ...shared, metadata: registry, io, unrepresentable: "any" }) as JsonSchema
    const { $schema: _dialect, $defs: _definitions, ...rest } = written
    return pointAtComponents(rest) as JsonSchema
  }
  const components = (): Record<string, JsonSchema> => {
    const { schemas } = z.toJSONSchema(registry, {
      ...shared,
      metadata: registry,
      io: "output",
      unrepresentable: "any",
    })
    return Object.fromEntries(
      Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, id: _name, ...rest }]) => [
        id,
        rest as JsonSchema,
      ]),
    )
  }
  return Object.assign(write, { components })
}

// A schema written by itself carries the named ones it uses along, in `$defs`.
function pointAtComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointAtComponents)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "$ref" && typeof member === "string"
        ? member.replace(/^#\/\$defs\//, "#/components/schemas/")
        : pointAtComponents(member),
    ]),
  )
}

function parametersOf(place: "path" | "query" | "header", schema: unknown, toSchema: SchemaWriter): JsonSchema[] {
  if (!(schema instanceof z.ZodObject)) return []
  const { properties = {}, required = [] } = toSchema(schema, "output") as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name: place === "header" ? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name,
    in: place,
    required: place === "path" || (required.includes(name) && !("default" in rest)),
    ...(description !== undefined && { description }),
    // Lists are written with commas.
    ...(rest.type === "array" && { style: "form", explode: false }),
    schema: rest,
  }))
}

function bodyOf(schema: z.ZodType, about: RouteConfig, toSchema: SchemaWriter): JsonSchema {
  const optional = schema instanceof z.ZodNullable
  const inner = optional ? (schema.unwrap() as z.ZodType) : schema
  const content = { schema: toSchema(inner, "input"), ...(about.example && { example: about.example }) }
  const form = about.form ? { "application/x-www-form-urlencoded": content } : {}
  return { required: !optional, content: { "application/json": content, ...form } }
}

function answersOf(
  response: Record<string, z.ZodType> = {},
  about: RouteConfig,
  toSchema: SchemaWriter,
): Record<string, JsonSchema> {
  const headers = Object.entries(about.responseHeaders ?? {}).map(
    ([name, description]) => [name, { description, schema: { type: "string" } }] as const,
  )
  return Object.fromEntries(
    Object.entries(response).map(([status, schema]) => [
      status,
      {
        description: STATUS_CODES[status] ?? "Answer",
        ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
        ...(schema instanceof z.ZodUndefined
          ? {}
          : { content: { [about.answerType ?? "application/json"]: { schema: toSchema(schema, "output") } } }),
      },
    ]),
  )
}

function problemsOf(about: RouteConfig, secured: boolean, toSchema: SchemaWriter): Record<string, JsonSchema> {
  const open = about.action === "meta.read"
  const common = open ? [403, 500] : [...(secured ? [401] : []), 403, 500, 503]
  const type = about.legacy ? "application/json" : "application/problem+json"
  const content = { [type]: { schema: toSchema(problemSchema, "output") } }
  return Object.fromEntries(
    [...(about.problems ?? []), ...common].map((status) => [
      String(status),
      { description: STATUS_CODES[status] ?? "Problem", content },
    ]),
  )
}

function operationId(method: string, url: string): string {
  const words = url.split("/").filter((part) => part !== "" && part !== "api" && part !== "v1")
  const name = words.map((word) => (word.startsWith(":") ? `by-${word.slice(1)}` : word)).join("-")
  return `${method.toLowerCase()}-${name}`
}
