import { z } from "zod"
import { problemKind } from "../problem/map-error.js"
import { HttpError } from "../problem/http-error.js"
import type { App } from "../services.js"

/** Where the `type` of a problem leads. */
export function addErrorRoutes(app: App): void {
  app.get(
    "/errors/:code",
    {
      schema: {
        params: z.object({ code: z.string().max(100) }),
        response: {
          200: z.object({
            code: z.string(),
            word: z.string().describe("What `code` is in an error body."),
            status: z.int(),
            title: z.string(),
            hint: z.string().nullable(),
          }),
        },
      },
      config: {
        assay: { action: "meta.read", tag: "Meta", summary: "What a kind of problem means", problems: [404] },
      },
    },
    async (request) => {
      const { code } = request.params
      const kind = problemKind(code)
      if (!kind) throw new HttpError("NOT_FOUND", "There is no such kind of problem.")
      return { code, word: kind.word ?? code, status: kind.status, title: kind.title, hint: kind.hint ?? null }
    },
  )
}
