import { AssayError } from "@assay/core"
import type { Logger } from "@assay/core"
import type { Redis } from "ioredis"
import { createClient } from "./create-client.js"
import type { Client } from "./create-client.js"
import { connectionProblem, noAnswer, wrongKindOfPort } from "./map-error.js"
import { probePort, whyTlsEnds } from "./probe-port.js"
import type { Server } from "./server.js"
import { addressOf } from "./server.js"

/** The client for commands, kept connected, and what is known about the server by it. */
export interface MainClient {
  readonly cluster: boolean | undefined
  /** The client, while it is connected. */
  readonly connected: Client | undefined
  /** Rejects with a problem on which not to wait any longer, and with the latest one when the signal aborts. */
  ready(signal: AbortSignal, giveUpOn: "any problem" | "lasting problems" | "none"): Promise<Client>
  onRestored(listener: () => void): () => void
  close(): void
}

/** Nodes of a cluster that come back within this time are told of once, in milliseconds. */
const nodesWithinMs = 200

/** A connection that takes this long is looked into, in milliseconds. */
const lookIntoAfterMs = 1500

export function createMainClient(server: Server, logger: Logger): MainClient {
  const restoredListeners = new Set<() => void>()
  const watchers = new Set<() => void>()
  let cluster = server.cluster
  let client: Client
  let connected = false
  let everMissed = false
  let problem: AssayError | undefined
  let closed = false

  function becameReady(): void {
    connected = true
    problem = undefined
    logger.info({ redis: addressOf(server), cluster }, "connected to Redis")
    changed()
    if (everMissed) tellRestored()
    everMissed = false
  }

  function failed(found: AssayError): void {
    everMissed = true
    if (found.message !== problem?.message) {
      logger.warn({ redis: addressOf(server), reason: found.message, hint: found.hint }, "no connection to Redis")
    }
    problem = found
    changed()
  }

  function changed(): void {
    for (const watcher of [...watchers]) watcher()
  }

  function tellRestored(): void {
    for (const listener of [...restoredListeners]) {
      try {
        listener()
      } catch (error) {
        logger.error({ error }, "a listener for restored connections threw")
      }
    }
  }

  /** Begins a client; the first that is not known to talk to a cluster asks whether it does, and may make way for another. */
  function begin(isCluster: boolean): Client {
    const begun = createClient(server, "commands", {
      cluster: isCluster,
      patient: () => problem !== undefined && !problem.retryable,
    })
    let explained = false
    let patience: NodeJS.Timeout | undefined
    // A server that takes TLS for the beginning of a long command would let us wait.
    begun.on("connecting", () => {
      clearTimeout(patience)
      patience = setTimeout(() => void lookInto(begun), lookIntoAfterMs).unref()
    })
    for (const event of ["ready", "close", "end"]) begun.on(event, () => clearTimeout(patience))
    begun.on("error", (error: unknown) => {
      if (closed || begun !== client) return
      const found = connectionProblem(error, server)
      if (found) failed(found)
      explained = found !== undefined
    })
    begun.on("ready", () => {
      if (!closed && begun === client) void greet(begun)
    })
    begun.on("close", () => {
      if (closed || begun !== client) return
      if (!connected && !explained) void lookInto(begun)
      if (connected && !explained) logger.warn({ redis: addressOf(server) }, "lost the connection to Redis")
      explained = false
      connected = false
      everMissed = true
      changed()
    })
    // A cluster stays connected when one of its nodes goes, with the rings that were on it. Nodes come in groups.
    if (isCluster) {
      let planned: NodeJS.Timeout | undefined
      begun.on("+node", () => {
        if (connected) planned ??= setTimeout(() => ((planned = undefined), tellRestored()), nodesWithinMs).unref()
      })
    }
    return begun
  }

  async function greet(begun: Client): Promise<void> {
    if (cluster === undefined) {
      try {
        cluster = /cluster_enabled:1/.test(await (begun as Redis).info("cluster"))
      } catch (error) {
        // Went again before it answered: the next time it is ready it will be asked again.
        const found = connectionProblem(error, server)
        if (found && !found.retryable) cluster = false
        else return
      }
      if (closed) return
      if (cluster) {
        client = begin(true)
        begun.disconnect()
        return
      }
    }
    // It may have gone again meanwhile.
    if (begun.status === "ready") becameReady()
  }

  async function lookInto(begun: Client): Promise<void> {
    const found = await explain()
    if (!closed && !connected && begun === client) failed(found)
  }

  async function explain(): Promise<AssayError> {
    const kind = await probePort(server)
    if (kind !== undefined && (kind === "tls") !== (server.tls !== undefined)) return wrongKindOfPort(kind, server)
    const refusal = server.tls === undefined ? undefined : await whyTlsEnds(server)
    return (refusal === undefined ? undefined : connectionProblem(refusal, server)) ?? noAnswer(server)
  }

  client = begin(server.cluster === true)

  return {
    get cluster() {
      return cluster
    },
    get connected() {
      return connected ? client : undefined
    },
    ready: (signal, giveUpOn) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (closed) leave(() => reject(new AssayError("CLOSED", "The Redis connection is closed.")))
          else if (connected) leave(() => resolve(client))
          else if (problem && isEnough(problem)) leave(() => reject(problem))
          else if (signal.aborted) leave(() => reject(problem ?? noAnswer(server)))
        }
        const isEnough = ({ retryable }: AssayError): boolean =>
          giveUpOn === "any problem" || (giveUpOn === "lasting problems" && !retryable)
        const leave = (settle: () => void): void => {
          watchers.delete(look)
          signal.removeEventListener("abort", look)
          settle()
        }
        watchers.add(look)
        signal.addEventListener("abort", look, { once: true })
        look()
      }),
    onRestored(listener) {
      // Each call counts for itself, also with the same function.
      const own = (): void => listener()
      restoredListeners.add(own)
      return () => void restoredListeners.delete(own)
    },
    close() {
      closed = true
      connected = false
      client.disconnect()
      changed()
    },
  }
}
