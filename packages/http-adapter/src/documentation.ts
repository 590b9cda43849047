import swaggerUi from "@fastify/swagger-ui"
import type { FastifyInstance } from "fastify"
import fastifyPlugin from "fastify-plugin"
import type { OpenApiDocument } from "./openapi.js"
import type { App } from "./services.js"

// Everything the page needs is served from here; inline styles are what its generated markup uses.
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const hidden = { action: "meta.read", hidden: true } as const

/** Serves the description of the API at `/openapi.json`, and a page to read and try it at `/docs`. */
export function addDocumentation(app: App, describe: () => OpenApiDocument): void {
  let document: OpenApiDocument | undefined
  const described = (): OpenApiDocument => (document ??= describe())

  app.get("/openapi.json", { config: { assay: hidden } }, async () => described())

  app.register(async (page) => {
    page.addHook("onRoute", (route) => {
      route.config = { ...route.config, assay: hidden }
    })
    // The page asks a plugin of this name for the description.
    page.register(provider(described))
    page.register(swaggerUi, {
      routePrefix: "/docs",
      // Without it the page asks for its parts at the root, whatever prefix it was found under.
      indexPrefix: app.prefix,
      staticCSP: pagePolicy,
      // The other layout has a bar on top that is about Swagger, not about this API.
      uiConfig: { layout: "BaseLayout", deepLinking: true, docExpansion: "list" },
      theme: { title: "Assay HTTP API" },
    })
  })
}

function provider(described: () => OpenApiDocument) {
  return fastifyPlugin(
    async (instance: FastifyInstance) => {
      instance.decorate("swagger", described as never)
    },
    { name: "@fastify/swagger" },
  )
}
