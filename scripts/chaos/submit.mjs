import { setTimeout as sleep } from "node:timers/promises"

/** Of a hundred jobs. */
const kinds = [
  ...Array(75).fill("plain"),
  ...Array(10).fill("analysis"),
  ...Array(5).fill("stepped"),
  ...Array(5).fill("flaky"),
  ...Array(5).fill("hopeless"),
]

/**
 * Asks the API for jobs at an even pace, each again until it is promised: with the key that it had before, so that a job of
 * which only the promise was lost is not made twice.
 *
 * @param {{ jobs: number, rate: number, random: import("./random.mjs").Random, url: string }} options
 */
export function submitAll({ jobs, rate, random, url }) {
  /** @type {number[]} */
  const promised = []
  /** Those among them that are questions to Potpie. @type {number[]} */
  const analyses = []
  let refusals = 0

  /** @param {import("./process/definition.mjs").Work} work */
  async function submit(work) {
    for (;;) {
      try {
        const response = await fetch(url, {
          method: "POST",
          body: JSON.stringify(work),
          signal: AbortSignal.timeout(5000),
        })
        await response.text()
        if (response.status === 202) {
          if (work.kind === "analysis") analyses.push(work.number)
          return void promised.push(work.number)
        }
        if (response.status !== 503) throw new Error(`The API answered ${response.status}.`)
      } catch (error) {
        // It is dead, or hangs on a database that is.
        if (!(error instanceof TypeError) && /** @type {Error} */ (error).name !== "TimeoutError") throw error
      }
      refusals++
      await sleep(100)
    }
  }

  async function submitInTime() {
    const startedAt = performance.now()
    /** @type {Promise<void>[]} */
    const submissions = []
    for (let number = 1; number <= jobs; number++) {
      const restMs = startedAt + (number / rate) * 1000 - performance.now()
      if (restMs > 0) await sleep(restMs)
      const slow = random.next() < 0.02
      const ms = slow ? random.between(1000, 5000) : random.between(5, 150)
      submissions.push(submit({ number, kind: random.pick(kinds), ms }))
    }
    await Promise.all(submissions)
    return { promised, analyses, refusals }
  }

  return { finished: submitInTime() }
}
