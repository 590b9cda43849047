import { createMemoryJobStore, createMemoryNotifier, createMemoryQueue, createRuntime } from "../../src/index.js"
import type { JobReader, JobStore, Notifier, Queue, Runtime, RuntimeOptions } from "../../src/index.js"

export interface Parts {
  store: JobStore & JobReader
  queue: Queue
  notifier: Notifier
}

/** What several runtimes of one test share, as several processes would. */
export function memoryParts(): Parts {
  return { store: createMemoryJobStore(), queue: createMemoryQueue(), notifier: createMemoryNotifier() }
}

/** A runtime with quick recovery. Handlers are registered before it starts. */
export async function startRuntime(
  parts: Parts & Partial<RuntimeOptions>,
  register: (runtime: Runtime) => void = () => {},
): Promise<Runtime> {
  const runtime = createRuntime({ busyEveryMs: 50, ...parts, random: () => 0 })
  register(runtime)
  await runtime.start()
  return runtime
}

/** A promise that a test settles, so that handlers wait for facts. */
export function gate<Value = void>(): { promise: Promise<Value>; open: (value: Value) => void } {
  let open!: (value: Value) => void
  const promise = new Promise<Value>((resolve) => (open = resolve))
  return { promise, open }
}

export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener("abort", stop, { once: true })
  })
}
