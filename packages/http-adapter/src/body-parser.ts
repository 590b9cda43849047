import type { FastifyInstance, FastifyRequest } from "fastify"
import { HttpError } from "./problem/http-error.js"

/**
 * Reads JSON bodies, strictly: valid UTF-8, no `__proto__` or `constructor` keys that a careless merge would follow, and
 * nothing of a broken body in the error. No body at all is fine, whatever the Content-Type promised: routes that need
 * one say so in their schema. Forms are read on those routes of the older API that took them.
 */
export function addBodyParser(app: FastifyInstance): void {
  const parseSafely = app.getDefaultJsonParser("error", "error")
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json/, { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined)
      return
    }
    let text: string
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(body as Buffer)
    } catch (cause) {
      done(new HttpError("MALFORMED_BODY", "The body is not valid UTF-8.", { cause }))
      return
    }
    void parseSafely(request, text, (error, value) => {
      // The parser's own message quotes the body, which may hold a token.
      done(error ? new HttpError("MALFORMED_BODY", "The body is not valid JSON.") : null, value)
    })
  })
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else if (isForm(request)) done(null, Object.fromEntries(new URLSearchParams(body.toString())))
    else done(new HttpError("UNSUPPORTED_MEDIA_TYPE", "The body is not declared to be JSON."))
  })
}

function isForm(request: FastifyRequest): boolean {
  const isDeclared = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "")
  return isDeclared && request.routeOptions.config.assay?.form === true
}
