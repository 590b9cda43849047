import { type IncomingMessage, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"

export interface NodeFetchInit {
  method: string
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal
  /** The connection stands: from here on the request may have arrived. */
  onConnected: () => void
}

/**
 * What `fetch` does, on node:http, for two reasons. The built-in one gives up after 300 s without headers, and answers take
 * longer; and it does not tell when the connection stands, which decides whether a message may be sent again.
 *
 * Each request has a connection of its own: one that was kept alive may be closed by the server at the moment a message is
 * written to it, and nobody could tell whether it arrived. Redirects are not followed, because they would carry the key along.
 */
export function nodeFetch(url: URL, init: NodeFetchInit): Promise<Response> {
  const secure = url.protocol === "https:"
  return new Promise((resolve, reject) => {
    const { method, headers, signal } = init
    const request = (secure ? requestHttps : requestHttp)(url, { method, headers, signal, agent: false })
    request.on("error", reject)
    request.once("socket", (socket) => socket.once(secure ? "secureConnect" : "connect", init.onConnected))
    request.once("response", (incoming) => {
      try {
        resolve(toResponse(incoming))
      } catch (error) {
        incoming.destroy()
        reject(error)
      }
    })
    request.end(init.body)
  })
}

function toResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 0
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? "", incoming.rawHeaders[index + 1] ?? "")
  }
  if ([204, 205, 304].includes(status)) {
    incoming.resume()
    return new Response(null, { status, headers })
  }
  return new Response(toStream(incoming), { status, headers })
}

function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void incoming.destroy(),
    },
    // Nothing is read ahead of whoever reads, so that the server feels a slow reader.
    { highWaterMark: 0 },
  )
}
