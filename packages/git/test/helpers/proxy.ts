import { once } from "node:events"
import { createServer, request } from "node:http"
import { connect } from "node:net"
import type { AddressInfo, Socket } from "node:net"

export interface ProxyOptions {
  /** Demand these, as `user:password`. */
  credentials?: string
  /** Where names lead: only the proxy knows. Default: 127.0.0.1 for all. */
  hosts?: Readonly<Record<string, string>>
  /** Answer with this status instead of connecting. */
  refuse?: (authority: string) => number | undefined
}

export interface TestProxy extends AsyncDisposable {
  port: number
  /** `CONNECT host:port` or `GET http://…`, in the order in which they came. */
  requests: { line: string; authorization: string | undefined; forwarded: string | undefined }[]
}

/** A real forward proxy: tunnels for https, requests with whole URLs for http. */
export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const requests: TestProxy["requests"] = []
  const sockets = new Set<Socket>()
  const wanted = options.credentials && `Basic ${Buffer.from(options.credentials).toString("base64")}`
  const addressOf = (hostname: string): string | undefined => (options.hosts ? options.hosts[hostname] : "127.0.0.1")
  const refusal = (authority: string, authorization: string | undefined): number | undefined =>
    wanted !== undefined && authorization !== wanted ? 407 : options.refuse?.(authority)

  const server = createServer((incoming, response) => {
    const { "proxy-authorization": authorization, ...headers } = incoming.headers
    requests.push({
      ...{ line: `${incoming.method} ${incoming.url}`, authorization, forwarded: headers.authorization },
    })
    const url = new URL(incoming.url!)
    const status = refusal(url.host, authorization)
    if (status !== undefined) {
      response.writeHead(status, { "proxy-authenticate": 'Basic realm="proxy"' }).end()
      return
    }
    const outgoing = request({
      ...{ host: addressOf(url.hostname), port: url.port, method: incoming.method, path: url.pathname + url.search },
      headers,
      agent: false,
    })
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    outgoing.on("error", () => response.writeHead(502).end())
    incoming.pipe(outgoing)
  })
  server.on("connect", (incoming, client: Socket) => {
    const authorization = incoming.headers["proxy-authorization"]
    requests.push({ line: `CONNECT ${incoming.url}`, authorization, forwarded: incoming.headers.authorization })
    client.on("error", () => {})
    const status = refusal(incoming.url!, authorization)
    const [, hostname, port] = /^(.*):(\d+)$/.exec(incoming.url!)!
    const address = addressOf(hostname!)
    if (status !== undefined || address === undefined) {
      client.end(`HTTP/1.1 ${status ?? 502} No\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const remote = connect(Number(port), address)
    sockets.add(remote)
    remote.on("error", () => client.destroy())
    client.on("close", () => remote.destroy())
    remote.on("connect", () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n")
      remote.pipe(client).pipe(remote)
    })
  })
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}
