import { once } from "node:events"
import { watch } from "node:fs"
import { readdir, readlink, symlink, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AssayError } from "@assay/core"
import type { JobId, Queue } from "@assay/core"

/** A bell for all processes that share a folder. A ring is an empty file in it, named `<job id>.<priority>`. */
export function createFolderQueue(folder: string, onError: (error: unknown) => void = console.error): Queue {
  const at = (name: string): string => join(folder, name)
  const rings = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.startsWith("job_"))
  const consumers = new Set<Promise<void>>()
  const closed = new AbortController()

  return {
    name: "folder",
    durable: true,
    async bind(identity) {
      await symlink(identity, at("store")).catch(() => {}) // made whole and once, by whoever is first
      if ((await readlink(at("store"))) !== identity) throw new AssayError("QUEUE_MISMATCH", "It is another store's.")
    },
    async publish(hints) {
      closed.signal.throwIfAborted()
      await Promise.all(hints.map(({ jobId, priority }) => writeFile(at(`${jobId}.${priority}`), "")))
    },
    async consume(handle, { concurrency, signal = closed.signal }) {
      closed.signal.throwIfAborted()
      const [inHand, bell, stopped] = [new Set<Promise<void>>(), watch(folder), new AbortController()]
      const over = AbortSignal.any([stopped.signal, closed.signal, signal])
      const listen = async (): Promise<void> => {
        while (!over.aborted) {
          const change = once(bell, "change", { signal: over }).catch(() => {})
          for (const name of await rings()) {
            if (over.aborted || inHand.size >= concurrency) break
            if (await unlink(at(name)).catch(() => true)) continue // another consumer was quicker
            const [jobId, priority] = name.split(".") as [JobId, string]
            const call = handle({ jobId, priority: Number(priority) }).catch(onError)
            inHand.add(call)
            void call.then(() => inHand.delete(call) && bell.emit("change"))
          }
          await change
        }
        bell.close()
        await Promise.all(inHand)
      }
      const listening = listen()
      consumers.add(listening)
      return { stop: () => (stopped.abort(), listening) }
    },
    depth: async () => (await rings()).length,
    onRestored: () => () => {},
    async close() {
      closed.abort(new AssayError("CLOSED", "The queue is closed."))
      await Promise.all(consumers)
    },
  }
}
