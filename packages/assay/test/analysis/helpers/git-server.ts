import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { dirname } from "node:path"
import { onTestFinished } from "vitest"
import { smallRepository } from "../../helpers/repository.js"
import { temporaryFolder } from "../../helpers/temporary-folder.js"

/** A remote over http that knows one repository by as many names as are asked for. */
export interface GitServer {
  /** `http://127.0.0.1:<port>/`, for `ASSAY_GIT_ALLOW`. */
  readonly allow: string
  url(name: string): string
  /** The `Authorization` headers that came, with the path that they came for. */
  readonly authorizations: readonly { path: string; value: string }[]
  /** Lets whoever asks for a repository wait. */
  hold(name: string): Held
}

export interface Held {
  /** How many requests have come and wait. */
  readonly waiting: number
  /** Answers those that wait, and all that come. */
  release(): void
}

/**
 * `git http-backend` behind a server of Node's. Repositories of `missing/` are not there; those of `private/` want the password
 * `token`, and those of `denied/` take none.
 */
export async function startGitServer({ token = "" } = {}): Promise<GitServer> {
  const { folder } = smallRepository(`${temporaryFolder()}/repository`)
  const backend = `${execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim()}/git-http-backend`
  const authorizations: { path: string; value: string }[] = []
  const held = new Map<string, (() => void)[]>()

  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://server")
    const [, owner = "", name = "", rest = ""] = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/.*)$/.exec(pathname) ?? []
    const { authorization } = request.headers
    if (authorization !== undefined) authorizations.push({ path: pathname, value: authorization })
    if (owner === "missing") return void response.writeHead(404).end("no")
    if (owner === "private" || owner === "denied") {
      const [, password] = Buffer.from(authorization?.slice("Basic ".length) ?? "", "base64")
        .toString()
        .split(":")
      if (owner === "denied" || password !== token) {
        return void response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("no")
      }
    }
    const answer = (): void => serve(request, response, `${rest}${search}`)
    const waiting = held.get(`${owner}/${name}`)
    if (waiting) waiting.push(answer)
    else answer()
  })

  function serve(request: IncomingMessage, response: ServerResponse, target: string): void {
    const [path = "", query = ""] = target.split("?")
    const child = spawn(backend, {
      env: {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: dirname(folder),
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: `/repository/.git${path}`,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REMOTE_ADDR: "127.0.0.1",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
      },
      stdio: ["pipe", "pipe", "ignore"],
    })
    child.stdin.on("error", () => {})
    request.pipe(child.stdin)
    const chunks: Buffer[] = []
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
    child.stdout.on("end", () => {
      const answer = Buffer.concat(chunks)
      const end = answer.indexOf("\r\n\r\n")
      const lines = answer.toString("latin1", 0, end).split("\r\n")
      const headers = lines.map((line) => line.split(": ") as [string, string])
      const status = Number(headers.find(([header]) => header === "Status")?.[1].slice(0, 3) ?? 200)
      response.writeHead(status, Object.fromEntries(headers.filter(([header]) => header !== "Status")))
      response.end(answer.subarray(end + 4))
    })
  }

  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, "close")
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    allow: origin,
    url: (name) => `${origin}${name}.git`,
    authorizations,
    hold(name) {
      const waiting: (() => void)[] = []
      held.set(name, waiting)
      return {
        get waiting() {
          return waiting.length
        },
        release() {
          held.delete(name)
          for (const answer of waiting) answer()
        },
      }
    },
  }
}
