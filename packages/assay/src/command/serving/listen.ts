import type { AddressInfo } from "node:net"
import type { FastifyInstance } from "fastify"
import { SetupError } from "../../errors.js"
import { shownUrl } from "./shown-url.js"

/** Makes the server listen and returns the URL to open. Rejects with `PORT_IN_USE` or `ADDRESS_UNUSABLE`. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await server.listen({ host, port })
  } catch (cause) {
    throw explained(cause as NodeJS.ErrnoException, host, port)
  }
  const { port: bound } = server.server.address() as AddressInfo
  return shownUrl(host, bound)
}

function explained(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const other = port < 65_535 ? port + 1 : port - 1
  switch (cause.code) {
    case "EADDRINUSE":
      return new SetupError("PORT_IN_USE", `Port ${port} on ${host} is taken by another program.`, {
        cause,
        hint: `Stop that program, or choose another port: --port ${other} or PORT=${other}; 0 takes any free one.`,
      })
    case "EACCES":
      return new SetupError("ADDRESS_UNUSABLE", `Port ${port} needs rights that this user does not have.`, {
        cause,
        hint: "Choose a port of 1024 or above.",
      })
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new SetupError("ADDRESS_UNUSABLE", `${host} is not an address of this machine.`, {
        cause,
        hint: "HOST=127.0.0.1 serves this machine, HOST=0.0.0.0 everybody who can reach it.",
      })
    default:
      return cause
  }
}

/** Stops listening; requests in hand get `graceMs` to be answered. */
export async function closeServer(server: FastifyInstance, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), graceMs)
  try {
    await server.close()
  } finally {
    clearTimeout(timer)
  }
}
