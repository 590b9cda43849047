/**
 * Says what is being done, at once, and how long it took, afterwards. On stderr: stdout belongs to the command itself.
 *
 * @param {string} doing
 * @returns {() => void} call it when done
 */
export function announce(doing) {
  const startedAt = performance.now()
  process.stderr.write(`${doing} …`)
  return () => process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
}
