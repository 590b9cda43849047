/**
 * A guard that is taken away. The suite has to notice.
 *
 * @typedef {object} Mutation
 * @property {string} guard what is taken away
 * @property {keyof typeof suites} suite
 * @property {string} file
 * @property {string} find stands in the file exactly once
 * @property {string} replace
 */

/** The tests that have to turn red. */
export const suites = {
  memory: { project: "core", tests: ["packages/core/test/memory/memory-job-store.test.ts"] },
  PostgreSQL: {
    project: "postgres",
    tests: ["packages/postgres/test/postgres-job-store.test.ts", "-t", "PostgreSQL job store"],
  },
  runtime: {
    project: "core",
    tests: ["packages/core/test/worker-failures.test.ts", "packages/core/test/runtime.test.ts"],
  },
}

const rows = "packages/core/src/memory/job-row.ts"
const memoryClaim = "packages/core/src/memory/claim-jobs.ts"
const apply = "packages/postgres/src/statements/apply.ts"
const claim = "packages/postgres/src/statements/claim.ts"
const lease = "packages/postgres/src/statements/lease.ts"
const limited = "packages/postgres/src/claim-limited.ts"
const enqueue = "packages/postgres/src/enqueue-jobs.ts"

/**
 * Not among them: that a claim passes over jobs that were asked to stop. The lifecycle leaves no way to a job that is queued
 * and asked to stop, so that taking this guard away changes nothing that could be seen.
 *
 * @type {Mutation[]}
 */
export const mutations = [
  {
    guard: "the fence of a change",
    suite: "memory",
    file: rows,
    find: "if (change.fence !== undefined && change.fence !== job.fence) return undefined",
    replace: "",
  },
  {
    guard: "the state of a change",
    suite: "memory",
    file: rows,
    find: "if (!change.from.includes(job.state)) return undefined",
    replace: "",
  },
  {
    guard: "the lease of a job that is declared lost",
    suite: "memory",
    file: rows,
    find: "if (change.leaseExpired && !isExpired(job, now)) return undefined",
    replace: "",
  },
  {
    guard: "the exclusive key of a claim",
    suite: "memory",
    file: memoryClaim,
    find: "if (!isFree(job)) continue",
    replace: "",
  },
  {
    guard: "the limits of a claim",
    suite: "memory",
    file: memoryClaim,
    find: "if (!room.fits(limited)) {",
    replace: "if (room === undefined) {",
  },
  {
    guard: "the pause of a queue",
    suite: "memory",
    file: memoryClaim,
    find: "if (jobs.paused.has(request.queue)) return",
    replace: "if (jobs === undefined) return",
  },
  {
    guard: "the fence of a change",
    suite: "PostgreSQL",
    file: apply,
    find: "and (guarded_by is null or jobs.fence = guarded_by)",
    replace: "",
  },
  {
    guard: "the state of a change",
    suite: "PostgreSQL",
    file: apply,
    find: "where jobs.state = any (string_to_array(from_states, ','))",
    replace: "where true",
  },
  {
    guard: "the lease of a job that is declared lost",
    suite: "PostgreSQL",
    file: apply,
    find: "and (not lease_expired or jobs.lease_until <= ${now})",
    replace: "",
  },
  {
    guard: "the cancel that a change yields to",
    suite: "PostgreSQL",
    file: apply,
    find: "select yields and jobs.cancel_requested_at is not null as yielded",
    replace: "select false as yielded",
  },
  {
    guard: "the fence of a heartbeat",
    suite: "PostgreSQL",
    file: lease,
    find: "and exists (select from input where input.job_id = jobs.id and input.fence = jobs.fence)",
    replace: "",
  },
  {
    guard: "the exclusive key of a claim",
    suite: "PostgreSQL",
    file: claim,
    find: "(jobs.exclusive_key is null or not exists (",
    replace: "(true or not exists (",
  },
  {
    guard: "the exclusive key in the database",
    suite: "PostgreSQL",
    file: "packages/postgres/src/migrations/core-0001-jobs.ts",
    find: "create unique index jobs_running_exclusive_key",
    replace: "create index jobs_running_exclusive_key",
  },
  {
    guard: "the conflict key in the database",
    suite: "PostgreSQL",
    file: "packages/postgres/src/migrations/core-0001-jobs.ts",
    find: "create unique index jobs_conflict_key",
    replace: "create index jobs_conflict_key",
  },
  {
    guard: "the pause of a queue",
    suite: "PostgreSQL",
    file: claim,
    find: "and jobs.cancel_requested_at is null and ${isOpen}",
    replace: "and jobs.cancel_requested_at is null",
  },
  {
    guard: "the plain lock for a job a bell was rung for",
    suite: "PostgreSQL",
    file: "packages/postgres/src/claim-jobs.ts",
    find: "if (limit === 0 || missed.length === 0) return claimed",
    replace: "return claimed",
  },
  {
    guard: "the lock of types that have limits",
    suite: "PostgreSQL",
    file: limited,
    find: "await transaction.query(statements.waitForTypes, [Object.keys(limits)])",
    replace: "",
  },
  {
    guard: "the savepoint before a job is replaced",
    suite: "PostgreSQL",
    file: enqueue,
    find: 'if (holder) await transaction.query("rollback to savepoint before_replacing")',
    replace: "",
  },
  {
    guard: "a worker's own fence, when it cannot reach the store",
    suite: "runtime",
    file: "packages/core/src/heartbeats.ts",
    find: "if (!trusted(attempt)) attempt.abort(abortReason.staleLease(attempt.lease))",
    replace: "void attempt",
  },
  {
    guard: "the fenced check at the end of a handler's transaction",
    suite: "runtime",
    file: "packages/core/src/handler-context.ts",
    find: "if (!owned) throw stale()",
    replace: "void owned",
  },
  {
    guard: "the fenced check at the end of a handler's commit",
    suite: "runtime",
    file: "packages/core/src/handler-context.ts",
    find: "if (!done) throw stale()",
    replace: "if (!done) return job",
  },
]
