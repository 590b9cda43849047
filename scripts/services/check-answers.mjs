import { once } from "node:events"
import { connect } from "node:net"
import { Problem } from "../bootstrap/problem.mjs"

/**
 * Makes sure that something listens where a given URL points, so that a test run does not fail hundreds of times over.
 *
 * @param {string} url
 * @param {{ variable: string, port: number }} options the variable that holds the URL, and the port that it may leave out
 */
export async function checkAnswers(url, { variable, port }) {
  /** @type {URL} */
  let parsed
  try {
    parsed = new URL(url)
  } catch {
    throw new Problem(`${variable} is set, but is not a URL.`)
  }
  const socket = connect({ host: parsed.hostname.replace(/^\[|\]$/g, ""), port: Number(parsed.port || port) })
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(5_000) })
  } catch (error) {
    throw new Problem(`${variable} is set, but nothing answers at ${parsed.host}.`, { cause: error })
  } finally {
    socket.destroy()
  }
}
