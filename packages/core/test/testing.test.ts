import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"

/** One line of a memory implementation, what it is replaced by, and a test that has to notice. */
interface Fault {
  readonly name: string
  readonly file: string
  readonly line: string
  readonly broken: string
  readonly noticedBy: RegExp
  /** Needs a history that 150 random ones do not contain. */
  readonly tooRare?: boolean
}

const row = "job-row.ts"
const store = "memory-job-store.ts"
const claims = "claim-jobs.ts"
const jobs = "memory-jobs.ts"
const room = "../claim-room.ts"
const queue = "memory-queue.ts"
const notifier = "memory-notifier.ts"

const brokenStores: readonly Fault[] = [
  {
    name: "ignores the fence",
    file: row,
    line: "change.fence !== undefined && change.fence !== job.fence",
    broken: "false",
    noticedBy: /refuses to complete a job for an attempt that lost it/,
  },
  {
    name: "ignores the state",
    file: row,
    line: "if (!change.from.includes(job.state)) return undefined",
    broken: "",
    noticedBy: /refuses to fail a succeeded job/,
  },
  {
    name: "ignores the lease",
    file: row,
    line: "change.leaseExpired && !isExpired(job, now)",
    broken: "false",
    noticedBy: /refuses to lose a job whose lease has not expired/,
  },
  {
    name: "does not yield to a cancel",
    file: row,
    line: "change.yieldsToCancel === true && cancelWanted",
    broken: "false",
    noticedBy: /cancels instead when retry comes after a cancel was requested/,
  },
  {
    name: "does not say that a cancel came too late",
    file: row,
    line: "? { cancelRequested: true } : {}",
    broken: "? {} : {}",
    noticedBy: /lets a job that completes after a cancel was requested succeed, and says so/,
  },
  {
    name: "leaves gaps between events",
    file: row,
    line: "const number = row.job.eventNumber + 1",
    broken: "const number = row.job.eventNumber + (type === 'job.stage' ? 2 : 1)",
    noticedBy: /numbers the events of a whole life without gaps/,
  },
  {
    name: "keeps secrets",
    file: row,
    line: "secrets: finished ? {} : job.secrets",
    broken: "secrets: job.secrets",
    noticedBy: /drops the secrets/,
  },
  {
    name: "keeps the lease of a job that stopped",
    file: row,
    line: 'leaseUntil: state === "running" ? job.leaseUntil : undefined',
    broken: "leaseUntil: job.leaseUntil",
    noticedBy: /lets complete lead a running job to succeeded/,
  },
  {
    name: "spends an attempt on a release",
    file: row,
    line: "attempts: base.attempts + (change.attemptsDelta ?? 0)",
    broken: "attempts: base.attempts",
    noticedBy: /queues a released job and gives the attempt back/,
  },
  {
    name: "starts again with the same fence",
    file: row,
    line: "const fence = row.job.fence + 1",
    broken: "const fence = row.job.attempts + 1",
    noticedBy: /raises fence and attempts with each claim/,
  },
  {
    name: "forgets the history of a redriven job",
    file: row,
    line: "const base = change.resets ? { ...job, ...freshFacts } : job",
    broken: "const base = change.resets ? { ...job, ...freshFacts, fence: 0 } : job",
    noticedBy: /starts a failed job afresh when it is redriven, and keeps its history/,
  },
  {
    name: "does not ring again for a released job",
    file: row,
    line: 'dispatchedAt: state === "queued" ? undefined : row.dispatchedAt',
    broken: "dispatchedAt: row.dispatchedAt",
    noticedBy: /reports a job that is queued again as one for which no bell was rung/,
  },
  {
    name: "ignores exclusive keys",
    file: claims,
    line: "job.exclusiveKey === undefined || !taken.has(exclusive(job))",
    broken: "true",
    noticedBy: /runs one job of an exclusive key at a time/,
  },
  {
    name: "ignores exclusive keys within a call",
    file: claims,
    line: "taken.add(exclusive(job))",
    broken: "",
    noticedBy: /takes one job of an exclusive key in one call/,
  },
  {
    name: "ignores how many of a type run",
    file: room,
    line: "(ofType.get(job.type) ?? 0) < concurrency",
    broken: "true",
    noticedBy: /claims no more of a type than may run at once/,
  },
  {
    name: "ignores how many of a limit key run",
    file: room,
    line: "(ofKey.get(key) ?? 0) < perKey",
    broken: "true",
    noticedBy: /claims no more of a limit key than may run at once/,
  },
  {
    name: "does not count what the same claim takes",
    file: room,
    line: "count(job, 1)",
    broken: "",
    noticedBy: /claims no more of a type than may run at once/,
  },
  {
    name: "ignores rates",
    file: room,
    line: "(starts.get(job.type) ?? 0) < (limits[job.type]?.rate?.starts ?? Infinity)",
    broken: "true",
    noticedBy: /starts no more of a type than its rate allows/,
  },
  {
    name: "does not say when to ask again",
    file: claims,
    line: "Math.min(...rests)",
    broken: "undefined",
    noticedBy: /says when to ask again only where nothing but a rate keeps a job waiting/,
  },
  {
    name: "lets what waits for a limit keep others waiting",
    file: claims,
    line: "waiting.push({ job, limited })",
    broken: "break",
    noticedBy: /lets jobs that wait for a limit keep no others from being claimed/,
  },
  {
    name: "forgets that those who wait are in progress",
    file: row,
    line: "return begun && (job.state",
    broken: "return !begun && (job.state",
    noticedBy: /keeps the place in progress of a job that was deferred/,
  },
  {
    name: "takes a job that is run anew for one in progress",
    file: row,
    line: "!change.resets && row.begun",
    broken: "row.begun",
    noticedBy: /gives a job that is run anew no place in progress/,
    tooRare: true,
  },
  {
    name: "claims from a queue that is paused",
    file: claims,
    line: "jobs.paused.has(request.queue)",
    broken: "false",
    noticedBy: /gives nobody a job of a queue that is paused/,
  },
  {
    name: "rings for a queue that is paused",
    file: store,
    line: "!jobs.paused.has(job.queue)",
    broken: "true",
    noticedBy: /rings for none of them/,
  },
  {
    name: "keeps the lease of an attempt that is overdue",
    file: row,
    line: "Math.min(leaseMs, restMs)",
    broken: "leaseMs",
    noticedBy: /extends no lease beyond what its attempt may take/,
  },
  {
    name: "ignores idempotency keys",
    file: store,
    line: 'newJob.idempotencyKey !== undefined && rows.find(({ job }) => sameKey(job, newJob, "idempotencyKey"))',
    broken: "undefined",
    noticedBy: /returns the succeeded job that has the idempotency key/,
  },
  {
    name: "ignores conflict keys",
    file: store,
    line: "const holder = holderOfConflictKey(jobs, newJob)",
    broken: "const holder = holderOfConflictKey(jobs, { ...newJob, conflictKey: undefined })",
    noticedBy: /joins the queued job that has the conflict key/,
  },
  {
    name: "redrives into a conflict",
    file: store,
    line: "if (isFinished(before.job.state) && holderOfConflictKey(jobs, before.job)) return undefined",
    broken: "",
    noticedBy: /refuses to redrive a job whose conflict key another one has by now/,
  },
  {
    name: "forgets to run once more",
    file: store,
    line: "if (before.rerun && change.rerunId && isFinished(job.state)",
    broken: "if (false",
    noticedBy: /queues one more job, with the latest input and secrets/,
  },
  {
    name: "preempts nobody",
    file: store,
    line: "newJob.preempts && newJob.exclusiveKey !== undefined",
    broken: "false",
    noticedBy: /preempts every other unfinished job of the exclusive key/,
  },
  {
    name: "takes the oldest before the best",
    file: jobs,
    line: "return b.job.priority - a.job.priority || byMoment(a, b)",
    broken: "return byMoment(a, b)",
    noticedBy: /takes the highest priority first, then the oldest/,
  },
  {
    name: "queues what is not due",
    file: store,
    line: "({ job }) => job.runAt <= at",
    broken: "() => true",
    noticedBy: /queues scheduled jobs whose moment has come/,
  },
  {
    name: "answers heartbeats of attempts that are over",
    file: store,
    line: 'row?.job.state !== "running" || row.job.fence !== fence',
    broken: "!row",
    noticedBy: /tells the attempt of a job that is succeeded by now that it is over/,
  },
  {
    name: "keeps what a transaction wrote that was undone",
    file: "cell.ts",
    line: "const draft = copy(state)",
    broken: "const draft = state",
    noticedBy: /undoes everything when the work rejects/,
  },
]

const brokenQueues: readonly Fault[] = [
  {
    name: "ignores the concurrency",
    file: queue,
    line: "consumer.inHand.size < consumer.concurrency",
    broken: "consumer.inHand.size <= consumer.concurrency",
    noticedBy: /has at most 3 of a consumer's calls unsettled/,
  },
  {
    name: "does not wait for the calls in hand",
    file: queue,
    line: "await Promise.all(inHand)",
    broken: "",
    noticedBy: /waits for the calls in hand when a consumer is stopped/,
  },
  {
    name: "rings for two stores",
    file: queue,
    line: "if (boundTo === storeIdentity) return",
    broken: "return",
    noticedBy: /refuses to ring for a second store/,
  },
  {
    name: "gives timers no turn",
    file: queue,
    line: "planned ??= setImmediate(deliver)",
    broken: "deliver()",
    noticedBy: /lets timers run/,
  },
  {
    name: "carries more than it should",
    file: queue,
    line: "if (pending.size < mostRings) pending.set(jobId, { jobId, priority })",
    broken: "if (priority !== undefined) pending.set(jobId, hints.find((hint) => hint.jobId === jobId)!)",
    noticedBy: /carries nothing but the job's id and priority/,
  },
]

const brokenNotifiers: readonly Fault[] = [
  {
    name: "ignores the filter",
    file: notifier,
    line: "if (!matches(notification, filter)) continue",
    broken: "",
    noticedBy: /tells a listener only what its filter matches/,
  },
  {
    name: "interrupts itself",
    file: notifier,
    line: "queueMicrotask(() => tell(notification))",
    broken: "tell(notification)",
    noticedBy: /keeps the order when a listener publishes/,
  },
  {
    name: "goes on after a subscription was closed",
    file: notifier,
    line: "subscribers.delete(subscriber)",
    broken: "",
    noticedBy: /tells a listener nothing after its subscription was closed/,
  },
]

const forgetting = "forget-rows.ts"
const schedules = "memory-schedule-store.ts"
const workers = "memory-worker-registry.ts"

const brokenRetention: readonly Fault[] = [
  {
    name: "keeps one too many",
    file: forgetting,
    line: "place >= keepJobs",
    broken: "place > keepJobs",
    noticedBy: /forgets all but so many of those that finished last/,
  },
  {
    name: "forgets what a repository's status is derived from",
    file: forgetting,
    line: " && !newest.has(job.id)",
    broken: "",
    noticedBy: /keeps the newest job of each repository/,
  },
  {
    name: "discards what still runs",
    file: forgetting,
    line: 'return state === "failed" || state === "cancelled"',
    broken: "return state !== undefined",
    noticedBy: /does not discard a running job/,
  },
]

const brokenSchedules: readonly Fault[] = [
  {
    name: "moves on whoever asks",
    file: schedules,
    line: "if (known?.nextAt.getTime() !== schedule.nextAt.getTime()) return false",
    broken: "if (!known) return false",
    noticedBy: /lets one of many who try succeed/,
  },
  {
    name: "mixes tenants up",
    file: schedules,
    line: "JSON.stringify([tenant, id])",
    broken: "id || tenant",
    noticedBy: /keeps the schedules of tenants apart/,
  },
]

const brokenRegistries: readonly Fault[] = [
  {
    name: "never buries the dead",
    file: workers,
    line: ".filter(({ until }) => until > clock.now())",
    broken: "",
    noticedBy: /shows no worker that was not heard of for as long as it said/,
  },
]

const suites = {
  ...{ store: brokenStores, queue: brokenQueues, notifier: brokenNotifiers },
  ...{ retention: brokenRetention, schedules: brokenSchedules, workers: brokenRegistries },
}

interface Outcome {
  readonly passed: number
  readonly failed: readonly string[]
  readonly errors: readonly string[]
}

describe("the suites", () => {
  let outcomes: Record<string, Outcome> = {}

  beforeAll(async () => {
    outcomes = await runBroken(
      Object.entries(suites).flatMap(([suite, faults]) => [
        { name: `${suite} intact`, suite, file: row, line: "", broken: "" },
        ...faults.map((fault) => ({ ...fault, suite, name: `${suite} ${fault.name}` })),
      ]),
    )
  }, 300_000)

  for (const [suite, faults] of Object.entries(suites)) {
    it(`pass a ${suite} that is not broken`, () => {
      expect(outcomes[`${suite} intact`]).toMatchObject({ failed: [], errors: [] })
      expect(outcomes[`${suite} intact`]?.passed).toBeGreaterThan(5)
    })

    for (const { name, file, line, noticedBy, tooRare } of faults) {
      it(`fail a ${suite} that ${name}`, async () => {
        const source = await readFile(new URL(`../src/memory/${file}`, import.meta.url), "utf8")
        expect(source.split(line), "the line to break stands there once").toHaveLength(2)
        const outcome = outcomes[`${suite} ${name}`]
        expect(outcome?.errors).toEqual([])
        expect(outcome?.failed).toContainEqual(expect.stringMatching(noticedBy))
        if (suite === "store" && !tooRare)
          expect(outcome?.failed).toContainEqual(expect.stringContaining("random histories"))
      })
    }
  }
})

async function runBroken(faults: readonly object[]): Promise<Record<string, Outcome>> {
  const folder = await mkdtemp(join(tmpdir(), "assay-broken-"))
  try {
    const [input, output] = [join(folder, "faults.json"), join(folder, "outcome.json")]
    await writeFile(input, JSON.stringify(faults))
    const script = fileURLToPath(new URL("helpers/run-broken.mjs", import.meta.url))
    // A vitest inside a vitest must not take itself for one of the outer one's workers.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")))
    await promisify(execFile)(process.execPath, [script, input, output], { env, maxBuffer: 1 << 26, timeout: 280_000 })
    return JSON.parse(await readFile(output, "utf8")) as Record<string, Outcome>
  } finally {
    await rm(folder, { recursive: true })
  }
}
