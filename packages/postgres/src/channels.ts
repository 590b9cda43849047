import type { ListenOptions } from "./database.js"

interface Registration extends ListenOptions {
  readonly listener: (payload: string) => void
}

/** Who listens on which channel of one shared connection. A listener that throws does not disturb the others. */
export class Channels {
  readonly #registrations = new Map<string, Set<Registration>>()
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  names(): string[] {
    return [...this.#registrations.keys()]
  }

  /** Returns a function that takes the listener out again and says whether it was the channel's last. */
  add(channel: string, registration: Registration): () => boolean {
    const registrations = this.#registrations.get(channel) ?? new Set()
    this.#registrations.set(channel, registrations)
    registrations.add(registration)
    return () => {
      if (!registrations.delete(registration) || registrations.size > 0) return false
      return this.#registrations.delete(channel)
    }
  }

  notify(channel: string, payload: string): void {
    for (const { listener } of this.#registrations.get(channel) ?? []) this.#call(() => listener(payload))
  }

  restored(): void {
    const registrations = [...this.#registrations.values()].flatMap((set) => [...set])
    for (const { onRestored } of registrations) if (onRestored) this.#call(onRestored)
  }

  #call(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#report(error)
    }
  }
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
