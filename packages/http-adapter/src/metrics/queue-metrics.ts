import { jobStates } from "@assay/core"
import { Gauge } from "prom-client"
import type { Registry } from "prom-client"
import { queueNames } from "../queue-names.js"
import { analysesOf } from "../services.js"
import type { Services } from "../services.js"

/** Brings the numbers of the queues up to date. Rejects when the store cannot be reached. */
export type ReadQueues = () => Promise<void>

/** What the store says at this moment. Being read changes nothing, so that asking twice gives the same. */
export function addQueueMetrics(registry: Registry, services: Services): ReadQueues {
  const registers = [registry]
  const jobs = new Gauge({
    name: "queue_jobs_total",
    help: "Jobs by queue and state, as the store has them now.",
    labelNames: ["queue", "state"],
    registers,
  })
  const paused = new Gauge({
    name: "assay_queue_paused",
    help: "1 while none of its jobs is started.",
    labelNames: ["queue"],
    registers,
  })
  const workers = new Gauge({
    name: "assay_workers",
    help: "Live workers that take jobs from a queue, over all processes.",
    labelNames: ["queue"],
    registers,
  })
  const concurrency = new Gauge({
    name: "assay_queue_concurrency",
    help: "Jobs of a queue that these workers can work on at once.",
    labelNames: ["queue"],
    registers,
  })
  const busy = new Gauge({
    name: "assay_jobs_busy",
    help: "Jobs that live workers work on, over all queues.",
    registers,
  })
  const analyses = new Gauge({
    name: "assay_analyses",
    help: "Analyses whose jobs are known, by the words of GET /queue/stats.",
    labelNames: ["state"],
    registers,
  })
  const all = [jobs, paused, workers, concurrency, busy, analyses]

  return async () => {
    // Numbers that are not known are not shown as those of an hour ago.
    for (const gauge of all) gauge.reset()
    const { client } = services
    const live = ((await services.workers?.live()) ?? []).filter(({ stopping }) => !stopping)
    const atRest = (await services.paused?.()) ?? []
    const names = queueNames(services, { workers: live, paused: atRest })
    const [counts, { total: _total, ...statistics }] = await Promise.all([
      Promise.all(names.map((queue) => client.counts({ queue }))),
      analysesOf(services).statistics(client.tenant),
    ])
    names.forEach((queue, index) => {
      for (const state of jobStates) jobs.set({ queue, state }, counts[index]?.[state] ?? 0)
      const listening = live.flatMap(({ queues }) => queues.filter(({ name }) => name === queue))
      paused.set({ queue }, atRest.includes(queue) ? 1 : 0)
      workers.set({ queue }, listening.length)
      concurrency.set(
        { queue },
        listening.reduce((sum, one) => sum + one.concurrency, 0),
      )
    })
    busy.set(live.reduce((sum, worker) => sum + worker.busy, 0))
    for (const [state, count] of Object.entries(statistics)) analyses.set({ state }, count)
  }
}
