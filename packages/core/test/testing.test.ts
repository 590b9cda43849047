import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"

/** One line of the memory store, what it is replaced by, and a test that has to notice. */
interface Fault {
  readonly name: string
  readonly file: string
  readonly line: string
  readonly broken: string
  readonly noticedBy: RegExp
}

const row = (name: string, line: string, broken: string, noticedBy: RegExp): Fault => ({
  ...{ name, file: "job-row.ts", line, broken, noticedBy },
})
const store = (name: string, line: string, broken: string, noticedBy: RegExp): Fault => ({
  ...{ name, file: "memory-job-store.ts", line, broken, noticedBy },
})

const faults: readonly Fault[] = [
  row(
    "ignores the fence",
    "change.fence !== undefined && change.fence !== job.fence",
    "false",
    /refuses to complete a job for an attempt that lost it/,
  ),
  row(
    "ignores the state",
    "if (!change.from.includes(job.state)) return undefined",
    "",
    /refuses to fail a succeeded job/,
  ),
  row(
    "ignores the lease",
    "change.leaseExpired && !isExpired(job, now)",
    "false",
    /refuses to lose a job whose lease has not expired/,
  ),
  row(
    "does not yield to a cancel",
    "change.yieldsToCancel === true && cancelWanted",
    "false",
    /cancels instead when retry comes after a cancel was requested/,
  ),
  row(
    "does not say that a cancel came too late",
    "? { cancelRequested: true } : {}",
    "? {} : {}",
    /lets a job that completes after a cancel was requested succeed, and says so/,
  ),
  row(
    "leaves gaps between events",
    "const number = row.job.eventNumber + 1",
    "const number = row.job.eventNumber + (type === 'job.stage' ? 2 : 1)",
    /numbers the events of a whole life without gaps/,
  ),
  row("keeps secrets", "secrets: finished ? {} : job.secrets", "secrets: job.secrets", /drops the secrets/),
  row(
    "keeps the lease of a job that stopped",
    'leaseUntil: state === "running" ? job.leaseUntil : undefined',
    "leaseUntil: job.leaseUntil",
    /lets complete lead a running job to succeeded/,
  ),
  row(
    "spends an attempt on a release",
    "attempts: base.attempts + (change.attemptsDelta ?? 0)",
    "attempts: base.attempts",
    /queues a released job and gives the attempt back/,
  ),
  row(
    "starts again with the same fence",
    "const fence = row.job.fence + 1",
    "const fence = row.job.attempts + 1",
    /raises fence and attempts with each claim/,
  ),
  row(
    "forgets the history of a redriven job",
    "const base = change.resets ? { ...job, ...freshFacts } : job",
    "const base = change.resets ? { ...job, ...freshFacts, fence: 0 } : job",
    /starts a failed job afresh when it is redriven, and keeps its history/,
  ),
  row(
    "does not ring again for a released job",
    'dispatchedAt: state === "queued" ? undefined : row.dispatchedAt',
    "dispatchedAt: row.dispatchedAt",
    /reports a job that is queued again as one for which no bell was rung/,
  ),
  store(
    "ignores exclusive keys",
    "job.exclusiveKey !== undefined && taken.has(exclusive(job))",
    "false",
    /runs one job of an exclusive key at a time/,
  ),
  store(
    "ignores exclusive keys within a call",
    "taken.add(exclusive(job))",
    "",
    /takes one job of an exclusive key in one call/,
  ),
  store(
    "ignores idempotency keys",
    'newJob.idempotencyKey !== undefined && rows.find(({ job }) => sameKey(job, newJob, "idempotencyKey"))',
    "undefined",
    /returns the succeeded job that has the idempotency key/,
  ),
  store(
    "ignores conflict keys",
    "const holder = holderOfConflictKey(jobs, newJob)",
    "const holder = holderOfConflictKey(jobs, { ...newJob, conflictKey: undefined })",
    /joins the queued job that has the conflict key/,
  ),
  store(
    "redrives into a conflict",
    "if (isFinished(before.job.state) && holderOfConflictKey(jobs, before.job)) return undefined",
    "",
    /refuses to redrive a job whose conflict key another one has by now/,
  ),
  store(
    "forgets to run once more",
    "if (before.rerun && change.rerunId && isFinished(job.state)",
    "if (false",
    /queues one more job, with the latest input and secrets/,
  ),
  store(
    "preempts nobody",
    "newJob.preempts && newJob.exclusiveKey !== undefined",
    "false",
    /preempts every other unfinished job of the exclusive key/,
  ),
  store(
    "takes the oldest before the best",
    "return b.job.priority - a.job.priority || byMoment(a, b)",
    "return byMoment(a, b)",
    /takes the highest priority first, then the oldest/,
  ),
  store(
    "queues what is not due",
    "({ job }) => job.runAt <= at",
    "() => true",
    /queues scheduled jobs whose moment has come/,
  ),
  store(
    "answers heartbeats of attempts that are over",
    'row?.job.state !== "running" || row.job.fence !== fence',
    "!row",
    /tells the attempt of a job that is succeeded by now that it is over/,
  ),
  {
    name: "keeps what a transaction wrote that was undone",
    file: "cell.ts",
    line: "const draft = copy(state)",
    broken: "const draft = state",
    noticedBy: /undoes everything when the work rejects/,
  },
]

interface Outcome {
  readonly passed: number
  readonly failed: readonly string[]
  readonly errors: readonly string[]
}

describe("the store suite", () => {
  let outcomes: Record<string, Outcome> = {}

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "assay-broken-stores-"))
    try {
      const [input, output] = [join(folder, "faults.json"), join(folder, "outcome.json")]
      const intact: Fault = { ...row("intact", "", "", /^/), name: "intact" }
      await writeFile(input, JSON.stringify([intact, ...faults]))
      const script = new URL("helpers/run-broken-stores.mjs", import.meta.url)
      // A vitest inside a vitest must not take itself for one of the outer one's workers.
      const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")))
      await promisify(execFile)(process.execPath, [script.pathname, input, output], { env, maxBuffer: 1 << 26 })
      outcomes = JSON.parse(await readFile(output, "utf8")) as Record<string, Outcome>
    } finally {
      await rm(folder, { recursive: true })
    }
  }, 300_000)

  it("passes a store that is not broken", () => {
    expect(outcomes.intact).toMatchObject({ failed: [], errors: [] })
    expect(outcomes.intact?.passed).toBeGreaterThan(300)
  })

  for (const { name, file, line, noticedBy } of faults) {
    it(`fails a store that ${name}`, async () => {
      const source = await readFile(new URL(`../src/memory/${file}`, import.meta.url), "utf8")
      expect(source.split(line), "the line to break stands there once").toHaveLength(2)
      const outcome = outcomes[name]
      expect(outcome?.errors).toEqual([])
      expect(
        outcome?.failed.some((test) => noticedBy.test(test)),
        `noticed by ${String(noticedBy)}`,
      ).toBe(true)
      expect(outcome?.failed, "noticed by random histories").toContainEqual(
        expect.stringContaining("answers and looks as the lifecycle says"),
      )
    })
  }
})
