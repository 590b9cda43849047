/**
 * @typedef {object} Measurement
 * @property {string} script in measure/; gets the database's name and prints one line of JSON
 * @property {string[]} databases
 * @property {number} [runs] fewer than asked for, where one takes minutes and they hardly differ
 * @property {Record<string, MeasuredValue>} values by the name under which the script prints them
 */

/**
 * @typedef {object} MeasuredValue
 * @property {string} label
 * @property {string} unit
 * @property {number} digits
 * @property {Record<string, { atLeast?: number, atMost?: number }>} [goals] by database
 */

const both = ["PGlite", "PostgreSQL"]
const withRedis = "PostgreSQL + Redis"
const all = [...both, withRedis]

/** Everything that `npm run bench` measures, with the goals it is held to. @type {Measurement[]} */
export const measurements = [
  {
    script: "jobs",
    databases: both,
    values: {
      noop: {
        label: "full life of no-op jobs, concurrency 10",
        unit: "jobs/s",
        digits: 0,
        goals: { PGlite: { atLeast: 1500 }, PostgreSQL: { atLeast: 2500 } },
      },
      withResultRow: {
        label: "the same, each committing a result row in its own fenced transaction",
        unit: "jobs/s",
        digits: 0,
        goals: { PGlite: { atLeast: 420 }, PostgreSQL: { atLeast: 950 } },
      },
    },
  },
  {
    script: "side-by-side",
    databases: [withRedis],
    values: {
      noopRatio: {
        label: "full life of no-op jobs, concurrency 50 ÷ raw BullMQ (add + process, no store)",
        unit: "×",
        digits: 2,
        goals: { [withRedis]: { atLeast: 0.3 } },
      },
      rowRatio: {
        label: "the same, each committing a result row in its own fenced transaction ÷ raw BullMQ",
        unit: "×",
        digits: 2,
        goals: { [withRedis]: { atLeast: 0.2 } },
      },
      noop: {
        label: "full life of no-op jobs, concurrency 50",
        unit: "jobs/s",
        digits: 0,
        goals: { [withRedis]: { atLeast: 1500 } },
      },
      withResultRow: { label: "the same, each committing a result row", unit: "jobs/s", digits: 0 },
      bullmq: { label: "raw BullMQ, the same", unit: "jobs/s", digits: 0 },
      pgBoss: { label: "pg-boss 10.4.2, the same", unit: "jobs/s", digits: 0 },
      graphileWorker: { label: "graphile-worker 0.17.3, the same", unit: "jobs/s", digits: 0 },
    },
  },
  {
    script: "idle",
    databases: all,
    runs: 1,
    values: {
      queriesPerMinute: {
        label: "statements of an idle process, in a minute",
        unit: "",
        digits: 0,
        goals: sameFor(all, { atMost: 30 }),
      },
    },
  },
  {
    script: "memory",
    databases: [withRedis],
    runs: 1,
    values: {
      after10k: { label: "heap after 10,000 jobs", unit: "MB", digits: 1 },
      after100k: { label: "heap after 100,000 jobs", unit: "MB", digits: 1 },
      growth: {
        label: "growth of the heap from 10,000 to 100,000 jobs",
        unit: "×",
        digits: 2,
        goals: { [withRedis]: { atMost: 1.2 } },
      },
    },
  },
  {
    script: "latency",
    databases: all,
    values: {
      startP50: {
        label: "enqueue → handler started, idle, p50",
        unit: "ms",
        digits: 1,
        goals: sameFor(all, { atMost: 5 }),
      },
      startP95: {
        label: "enqueue → handler started, idle, p95",
        unit: "ms",
        digits: 1,
        goals: sameFor(all, { atMost: 15 }),
      },
      cancelP95: { label: "cancel → signal fired, p95", unit: "ms", digits: 1, goals: sameFor(all, { atMost: 250 }) },
    },
  },
  {
    script: "live-events",
    databases: ["PostgreSQL"],
    values: {
      roomP50: {
        label:
          "transition committed in a worker → event at a Socket.IO client of another process, room of 10 of 1,000, p50",
        unit: "ms",
        digits: 1,
        goals: { PostgreSQL: { atMost: 5 } },
      },
      roomP95: { label: "the same, p95", unit: "ms", digits: 1, goals: { PostgreSQL: { atMost: 15 } } },
      allP95: {
        label: "the same to all 1,000, p95",
        unit: "ms",
        digits: 1,
        goals: { PostgreSQL: { atMost: 50 } },
      },
      idleMegabytes: {
        label: "resident set of a process with 10,000 idle Socket.IO connections, each joined to a job",
        unit: "MB",
        digits: 0,
        goals: { PostgreSQL: { atMost: 400 } },
      },
    },
  },
  {
    script: "index",
    databases: both,
    values: {
      historyRatio: {
        label:
          "facts of a history of 10,000 commits (changes, files, people) ÷ one `git log --numstat`, fetch excluded",
        unit: "×",
        digits: 2,
        goals: sameFor(both, { atMost: 0.75 }),
      },
      ratio: {
        label: "the same with burndown, age and survival",
        unit: "×",
        digits: 2,
        goals: sameFor(both, { atMost: 1.3 }),
      },
      historySeconds: { label: "facts of the history", unit: "s", digits: 2 },
      indexSeconds: { label: "with burndown, age and survival", unit: "s", digits: 2 },
      gitSeconds: { label: "`git log --numstat -M50% --no-merges` of the same", unit: "s", digits: 2 },
      nodeMegabytes: {
        label: "largest resident set of the Node process while indexing",
        unit: "MB",
        digits: 0,
        goals: { PostgreSQL: { atMost: 300 } },
      },
      aboveIdleMegabytes: {
        label: "the same above the idle service",
        unit: "MB",
        digits: 0,
        goals: { PGlite: { atMost: 150 } },
      },
      childrenMegabytes: {
        label: "largest resident sets of all git processes together",
        unit: "MB",
        digits: 0,
        goals: sameFor(both, { atMost: 600 }),
      },
      updateSeconds: { label: "update after 100 new commits, fetch excluded", unit: "s", digits: 2 },
      updateOverGoal: {
        label: "the same ÷ (1 % of the index + 0.3 s)",
        unit: "×",
        digits: 2,
        goals: sameFor(both, { atMost: 1 }),
      },
    },
  },
  {
    script: "insights",
    databases: both,
    runs: 3,
    values: {
      firstNumbersSeconds: {
        label: "fetch of 80,000 commits → first numbers",
        unit: "s",
        digits: 2,
        goals: sameFor(both, { atMost: 1.5 }),
      },
      prepareSeconds: { label: "all insights of them prepared, nothing in memory", unit: "s", digits: 2 },
      preparedP95: {
        label: "insights of 80,000 commits with default parameters, as prepared after the index, p95",
        unit: "ms",
        digits: 1,
        goals: sameFor(both, { atMost: 5 }),
      },
      defaultsP95: {
        label: "the same, nothing kept, p95",
        unit: "ms",
        digits: 1,
        goals: { PGlite: { atMost: 150 }, PostgreSQL: { atMost: 50 } },
      },
      windowsP95: {
        label: "the same with windows that were not asked for before, p95",
        unit: "ms",
        digits: 1,
        goals: sameFor(both, { atMost: 2000 }),
      },
      parserMegabytesPerSecond: {
        label: "parser of `git diff-tree --numstat`",
        unit: "MB/s",
        digits: 0,
        goals: sameFor(both, { atLeast: 200 }),
      },
    },
  },
]

/**
 * @param {string[]} databases
 * @param {{ atLeast?: number, atMost?: number }} goal
 */
function sameFor(databases, goal) {
  return Object.fromEntries(databases.map((database) => [database, goal]))
}
