import { Counter, Gauge } from "prom-client"
import type { Registry } from "prom-client"

/**
 * What is known of the process under the names that Prometheus' own clients use. Read when asked for: the collectors that
 * come with prom-client keep observers that nothing ends.
 */
export function addProcessMetrics(registry: Registry, version: string): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read())
      },
    })
  }
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
  const startedAt = Date.now() / 1000 - process.uptime()
  gauge("process_start_time_seconds", "When the process began, since 1970.", () => startedAt)
  gauge("process_resident_memory_bytes", "Memory that the process holds.", () => process.memoryUsage.rss())
  gauge("nodejs_heap_size_used_bytes", "Of V8's heap.", () => process.memoryUsage().heapUsed)
  gauge("nodejs_heap_size_total_bytes", "Of V8's heap.", () => process.memoryUsage().heapTotal)
  gauge("nodejs_external_memory_bytes", "Held for objects outside of the heap.", () => process.memoryUsage().external)
  gauge(
    "nodejs_eventloop_utilization",
    "Share of the time since it began that the event loop was busy.",
    () => performance.eventLoopUtilization().utilization,
  )
  counter("process_cpu_user_seconds_total", "In user mode.", () => process.cpuUsage().user / 1e6)
  counter("process_cpu_system_seconds_total", "In system mode.", () => process.cpuUsage().system / 1e6)
  counter("process_cpu_seconds_total", "In both.", () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6)
  const build = { version, node: process.version }
  new Gauge({ name: "assay_build_info", help: "Always 1.", labelNames: ["version", "node"], registers }).set(build, 1)
}
