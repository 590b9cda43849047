import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import type { ServerCertificate } from "./certificates.js"
import { testEnvironment } from "./create-repository.js"

export interface GitServerOptions {
  /** The folder whose repositories are served, as `/<name>`. */
  root: string
  /** Demand these, as `user:password`. */
  credentials?: string
  /** Serve over https, with this certificate. */
  certificate?: ServerCertificate
  /** Answer instead of git; return true if it was answered. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  /**
   * Handle answers to POST instead of sending them on: gets what git says, piece by piece, and how many bytes came
   * before. Returns whether git may go on.
   */
  pack?: (chunk: Buffer, response: ServerResponse, before: number) => boolean
}

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or https. */
  origin: string
  port: number
  /** Every request so far. The body grows as it comes; it is empty if it was compressed. */
  requests: { method: string; url: string; authorization: string | undefined; agent: string; body: string }[]
  /** Resolves when a request came whose URL holds this text. */
  requested(text: string): Promise<void>
  /** Resolves when no connection is open any more. */
  quiet(): Promise<void>
}

/** A real smart HTTP remote: `git http-backend` behind a server of Node's. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const backend = `${execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim()}/git-http-backend`
  const requests: GitServer["requests"] = []
  const sockets = new Set<Socket>()
  let waiting: { done: () => boolean; resolve: () => void }[] = []
  const look = (): void => {
    waiting = waiting.filter((waiter) => {
      if (!waiter.done()) return true
      waiter.resolve()
      return false
    })
  }
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ done, resolve })
      look()
    })

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { headers } = request
    const seen = {
      ...{ method: request.method!, url: request.url!, authorization: headers.authorization },
      ...{ agent: headers["user-agent"] ?? "", body: "" },
    }
    requests.push(seen)
    if (headers["content-encoding"] === undefined) {
      request.on("data", (chunk: Buffer) => (seen.body += chunk.toString("latin1")))
    }
    look()
    if (options.credentials !== undefined) {
      const expected = `Basic ${Buffer.from(options.credentials).toString("base64")}`
      if (request.headers.authorization !== expected) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("no")
        return
      }
    }
    if (options.intercept?.(request, response)) return
    serve(request, response)
  }
  const { certificate } = options
  const server = certificate ? createSecureServer(certificate, answer) : createServer(answer)

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, "http://server")
    const child = spawn(backend, {
      env: {
        ...testEnvironment,
        GIT_PROJECT_ROOT: options.root,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: (request.headers["git-protocol"] as string | undefined) ?? "",
        REMOTE_ADDR: "127.0.0.1",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
      },
      stdio: ["pipe", "pipe", "ignore"],
    })
    child.stdin.on("error", () => {})
    request.pipe(child.stdin)
    let goesOn = true
    let before = 0
    let head: Buffer | undefined = Buffer.alloc(0)
    child.stdout.on("data", (chunk: Buffer) => {
      if (head) {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf("\r\n\r\n")
        if (end === -1) return
        const headers = head
          .toString("latin1", 0, end)
          .split("\r\n")
          .map((line) => line.split(": ") as [string, string])
        const status = Number(headers.find(([name]) => name === "Status")?.[1].slice(0, 3) ?? 200)
        response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== "Status")))
        chunk = head.subarray(end + 4)
        head = undefined
      }
      if (!options.pack || request.method !== "POST") response.write(chunk)
      else goesOn &&= options.pack(chunk, response, before)
      before += chunk.length
    })
    child.stdout.on("end", () => {
      if (goesOn) response.end()
    })
    response.on("close", () => child.kill())
  }

  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => {
      sockets.delete(socket)
      look()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo

  return {
    origin: `${certificate ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    requests,
    requested: (text) => until(() => requests.some((request) => request.url.includes(text))),
    quiet: () => until(() => sockets.size === 0),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}

/** Sends a byte now and then until nobody listens any more. Always true: the request is answered, after a fashion. */
export function drip(response: ServerResponse): true {
  if (!response.headersSent) {
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" })
  }
  // The length of a packet that never comes to its end.
  response.write("0fff")
  const timer = setInterval(() => response.write("0"), 200)
  response.on("close", () => clearInterval(timer))
  return true
}
