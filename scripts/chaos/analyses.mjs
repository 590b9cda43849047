import { setTimeout as sleep } from "node:timers/promises"

/**
 * The questions to Potpie among the jobs, and what was paid for them.
 *
 * @typedef {object} AnalysisVerdict
 * @property {number} submitted
 * @property {number} answered
 * @property {number} uncertain those that failed with `ANALYSIS_UNCERTAIN`: nobody knew whether their message was billed
 * @property {number} messages what was billed before anybody ran one again
 * @property {number} billedTwice questions of which more than one message was billed by then
 * @property {number} lost promised and not there, or answered without an answer that can be read
 * @property {number} stuck unfinished
 * @property {number} failedOtherwise
 * @property {number} redriven the uncertain ones, run again in the end
 * @property {number} answeredThen
 * @property {number} messagesThen what was billed for those
 */

/** A stand-in for Potpie, which answers after a while that may be longer than a lease. */
export async function startPotpie(/** @type {import("./random.mjs").Random} */ random, /** @type {number} */ leaseMs) {
  const { createFakePotpie } = await import("#fake-potpie")
  const answers = Array.from({ length: 5000 }, () => ({ text: "Because.", delayMs: random.between(500, leaseMs * 3) }))
  return createFakePotpie({ answers, statuses: ["submitted", "ready"] })
}

/** How often each question was put to an agent. @param {import("#fake-potpie").FakePotpie} potpie */
function countMessages(potpie) {
  /** @type {Map<number, number>} */
  const messages = new Map()
  for (const { path, body } of potpie.requests) {
    if (!/\/message\/$/.test(path)) continue
    const number = Number(/number (\d+) ask/.exec(String(/** @type {{ content: string }} */ (body).content))?.[1])
    messages.set(number, (messages.get(number) ?? 0) + 1)
  }
  return messages
}

/**
 * What became of them by themselves, and then of the uncertain ones when somebody runs them again. Called when all jobs are
 * finished and nothing happens to anybody any more.
 *
 * @param {object} run
 * @param {import("#postgres").PostgresDatabase} run.database
 * @param {readonly number[]} run.promised the numbers of the questions that were accepted
 * @param {import("#fake-potpie").FakePotpie} run.potpie
 * @param {string} run.url of the API
 * @param {() => Promise<void>} run.settle resolves when all jobs are finished
 * @returns {Promise<AnalysisVerdict>}
 */
export async function judgeAnalyses({ database, promised, potpie, url, settle }) {
  const before = await readAnalyses(database, promised)
  const counts = countMessages(potpie)
  const messages = potpie.billed
  for (const id of before.uncertainIds) await redrive(url, id)
  await settle()
  const after = await readAnalyses(database, promised)
  const { uncertainIds, ...numbers } = before
  return {
    submitted: promised.length,
    ...numbers,
    uncertain: uncertainIds.length,
    messages,
    billedTwice: [...counts.values()].filter((count) => count > 1).length,
    redriven: uncertainIds.length,
    answeredThen: after.answered - before.answered,
    messagesThen: potpie.billed - messages,
  }
}

/** @param {import("#postgres").PostgresDatabase} database @param {readonly number[]} promised */
async function readAnalyses(database, promised) {
  const rows = await database.query(
    `select jobs.id, jobs.state, jobs.failure->>'code' as code, analyses.response is not null as answered,
      substring(jobs.input->>'repo' from '\\d+$')::int as number
    from assay.jobs as jobs left join assay.analyses as analyses on analyses.id = jobs.id
    where jobs.type = 'repository.analyze'`,
  )
  const there = new Set(rows.map(({ number }) => number))
  const succeeded = rows.filter(({ state }) => state === "succeeded")
  const failed = rows.filter(({ state }) => state === "failed" || state === "cancelled")
  const uncertain = failed.filter(({ code }) => code === "ANALYSIS_UNCERTAIN")
  return {
    answered: succeeded.length,
    lost: promised.filter((number) => !there.has(number)).length + succeeded.filter((row) => !row.answered).length,
    stuck: rows.length - succeeded.length - failed.length,
    failedOtherwise: failed.length - uncertain.length,
    uncertainIds: uncertain.map(({ id }) => String(id)),
  }
}

/** @param {string} url @param {string} id */
async function redrive(url, id) {
  for (let tries = 0; tries < 50; tries++) {
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ redrive: id }) }).catch(() => undefined)
    if (response?.status === 202) return
    await sleep(100)
  }
  throw new Error(`The API does not run ${id} again.`)
}
