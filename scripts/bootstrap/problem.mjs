/** Something the reader can put right: its message is shown without a stack. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {{ exitCode?: number, cause?: unknown }} [options]
   */
  constructor(message, options = {}) {
    super(message, { cause: options.cause })
    this.name = "Problem"
    this.exitCode = options.exitCode ?? 1
  }
}

/**
 * Says what went wrong and ends the process.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function exitWith(error) {
  console.error(error instanceof Problem ? `\n${error.message}` : error)
  process.exit(error instanceof Problem ? error.exitCode : 1)
}
