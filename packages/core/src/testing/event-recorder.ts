export interface EventRecorder<Event> {
  /** Everything heard so far, in order. */
  readonly all: readonly Event[]
  /** Hears one event. Hand it to whatever takes a listener; it needs no `this`. */
  readonly record: (event: Event) => void
  /**
   * The first event that matches and that comes after the one `next` returned before, as soon as it is heard. Rejects,
   * saying what was heard instead, when that takes longer than `timeoutMs` (default 5,000) of real time.
   */
  next(match: string | ((event: Event) => boolean), options?: { timeoutMs?: number }): Promise<Event>
}

/**
 * Lets a test wait for facts instead of time: `await recorder.next("job.succeeded")`. A text matches the `type` of an
 * event or the `kind` of a notification. With a `source` (such as `handle.events()`) it listens by itself until that ends.
 */
export function eventRecorder<Event extends object>(source?: AsyncIterable<Event>): EventRecorder<Event> {
  const all: Event[] = []
  const waiting = new Set<() => void>()
  let position = 0
  let broken: { readonly error: unknown } | undefined

  const record = (event: Event): void => {
    all.push(event)
    for (const look of [...waiting]) look()
  }
  if (source) {
    void listen(source, record).catch((error: unknown) => {
      broken = { error }
      for (const look of [...waiting]) look()
    })
  }

  return {
    all,
    record,
    next: (match, { timeoutMs = 5000 } = {}) =>
      new Promise((resolve, reject) => {
        const matches = typeof match === "string" ? named(match) : match
        const end = (): void => {
          clearTimeout(timer)
          waiting.delete(look)
        }
        const look = (): void => {
          const found = all.findIndex((event, index) => index >= position && matches(event))
          const event = all[found]
          if (event) {
            position = found + 1
            end()
            resolve(event)
          } else if (broken) {
            end()
            reject(broken.error)
          }
        }
        const timer = setTimeout(() => {
          end()
          const heard = all.map((event) => JSON.stringify(event)).join("\n  ")
          reject(
            new Error(`Waited ${timeoutMs} ms for ${String(match)} in vain. Heard so far:\n  ${heard || "nothing"}`),
          )
        }, timeoutMs)
        waiting.add(look)
        look()
      }),
  }
}

async function listen<Event>(source: AsyncIterable<Event>, record: (event: Event) => void): Promise<void> {
  for await (const event of source) record(event)
}

function named(name: string): (event: object) => boolean {
  return (event) => ("type" in event && event.type === name) || ("kind" in event && event.kind === name)
}
