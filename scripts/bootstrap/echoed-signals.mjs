const echoWithin = 300

/**
 * Drops a signal that follows another of its kind at once. On Ctrl-C the terminal tells every process in the foreground,
 * and npm then tells its script a second time; the echo must not pass for somebody impatient who presses Ctrl-C twice.
 */
export function ignoreEchoedSignals() {
  const emit = process.emit
  /** @type {Map<unknown, number>} */
  const lastAt = new Map()
  process.emit = /** @type {typeof process.emit} */ (
    (/** @type {any[]} */ ...args) => {
      const [event] = args
      if (event === "SIGINT" || event === "SIGTERM") {
        const now = performance.now()
        const isEcho = now - (lastAt.get(event) ?? -Infinity) < echoWithin
        lastAt.set(event, now)
        if (isEcho) return true
      }
      return Reflect.apply(emit, process, args)
    }
  )
}
