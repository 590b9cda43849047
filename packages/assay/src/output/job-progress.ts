import type { JobEvent, JobFailure, JobProgressEvent } from "@assay/core"
import { formatBytes, formatCount, formatDuration } from "./format.js"
import { padEnd, printable } from "./printable.js"
import type { Screen } from "./screen.js"
import type { Style } from "./style.js"

/** Shows what a job is doing, from its events. */
export interface JobProgressView {
  show(event: JobEvent | JobProgressEvent): void
  /** Takes away what moves. */
  close(): void
}

export interface JobProgressOptions {
  screen: Screen
  style: Style
  /** In front of every line, where several jobs are shown. */
  label?: string
  /** Between two lines about the same stage where nobody watches, in milliseconds. Default 10,000. */
  everyMs?: number
}

interface Stage {
  readonly name: string
  readonly startedAt: number
  /** The last figures that were told. */
  progress: JobProgressEvent["data"] | undefined
  /** When the first figures were told, for the rate. */
  firstAt: number
  firstDone: number
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
const barColumns = 24
const nameColumns = 15

/** A line per finished stage, and one at the bottom that lives; where nobody watches, a line per stage and now and then one more. */
export function createJobProgress(options: JobProgressOptions): JobProgressView {
  const { screen, style, everyMs = 10_000 } = options
  const label = options.label === undefined ? "" : `${printable(options.label)}  `
  let stage: Stage | undefined
  let waiting: string | undefined = "waiting for its turn"
  let frame = 0
  let lastLineAt = 0
  const timer = screen.interactive ? setInterval(draw, 100).unref() : undefined

  function draw(): void {
    const spinner = style.cyan(frames[frame++ % frames.length]!)
    if (stage) screen.live(`  ${spinner} ${label}${padEnd(stage.name, nameColumns)} ${liveFigures(stage, style)}`)
    else screen.live(waiting === undefined ? undefined : `  ${spinner} ${label}${style.dim(waiting)}`)
  }

  function say(text: string): void {
    lastLineAt = Date.now()
    screen.line(text)
  }

  function endStage(at: number): void {
    if (!stage) return
    const took = style.dim(`in ${formatDuration(at - stage.startedAt)}`)
    const amount = stage.progress ? finalAmount(stage.progress) : ""
    if (screen.interactive) say(`  ${style.green("✔")} ${label}${padEnd(stage.name, nameColumns)} ${amount}${took}`)
    stage = undefined
  }

  function interrupted(text: string): void {
    stage = undefined
    waiting = text
    say(`  ${style.yellow("!")} ${label}${text}`)
  }

  return {
    show(event) {
      const at = event.at.getTime()
      switch (event.type) {
        case "job.started":
          waiting = "starting"
          break
        case "job.stage": {
          endStage(at)
          const name = printable(event.data.stage ?? "working")
          stage = { name, startedAt: at, progress: undefined, firstAt: at, firstDone: 0 }
          if (!screen.interactive) say(`${label}${name} …`)
          break
        }
        case "job.progress": {
          if (!stage || (event.data.stage !== undefined && printable(event.data.stage) !== stage.name)) break
          if (!stage.progress || stage.progress.unit !== event.data.unit || event.data.done < stage.progress.done) {
            stage.firstAt = at
            stage.firstDone = event.data.done
          }
          stage.progress = event.data
          if (!screen.interactive && Date.now() - lastLineAt >= everyMs) {
            say(`${label}${stage.name} ${plainFigures(event.data)}`)
          }
          break
        }
        case "job.retrying":
          interrupted(`${reasonOf(event.data.failure)} Trying again in ${formatDuration(event.data.delayMs ?? 0)}.`)
          break
        case "job.lost":
          interrupted("The process that worked on it is gone; it starts again.")
          break
        case "job.released":
          interrupted("It was put back and goes on later.")
          break
        case "job.cancelling":
          waiting = "stopping"
          break
        case "job.succeeded":
          endStage(at)
          waiting = undefined
          break
        case "job.failed":
        case "job.cancelled":
          stage = undefined
          waiting = undefined
          break
        default:
      }
      if (screen.interactive) draw()
    },
    close() {
      clearInterval(timer)
      screen.live(undefined)
    },
  }
}

function reasonOf(failure: JobFailure | undefined): string {
  return printable(failure?.message ?? "It failed.")
}

function liveFigures(stage: Stage, style: Style): string {
  const { progress } = stage
  if (!progress) return style.dim(formatDuration(Date.now() - stage.startedAt))
  const { done, percent, total } = progress
  const share = percent === undefined ? "" : `${bar(percent, style)} ${String(Math.floor(percent)).padStart(3)} %  `
  const seconds = (Date.now() - stage.firstAt) / 1000
  const rate = seconds > 0.5 ? (done - stage.firstDone) / seconds : 0
  const rateText =
    rate > 0 ? `  ${progress.unit === "bytes" ? `${formatBytes(rate)}/s` : `${formatCount(rate)}/s`}` : ""
  const left =
    total !== undefined && rate > 0 && seconds > 2 ? `  ${formatDuration((1000 * (total - done)) / rate)} left` : ""
  return `${share}${amountOf(progress)}${style.dim(`${rateText}${left}`)}`
}

function plainFigures(progress: JobProgressEvent["data"]): string {
  const share = progress.percent === undefined ? "" : `${Math.floor(progress.percent)} % · `
  return `${share}${amountOf(progress)}`
}

/** `2,114 / 3,738 commits`, `41.2 MB` */
function amountOf({ done, total, unit }: JobProgressEvent["data"]): string {
  if (unit === "bytes") return total === undefined ? formatBytes(done) : `${formatBytes(done)} / ${formatBytes(total)}`
  const count =
    total === undefined || total === done ? formatCount(done) : `${formatCount(done)} / ${formatCount(total)}`
  return `${count}${unit === undefined ? "" : ` ${printable(unit)}`}`
}

/** What a finished stage has done: all of it, also where the last figures were told a moment before the end. */
function finalAmount(progress: JobProgressEvent["data"]): string {
  const { done, total = done, unit } = progress
  if (total === 0 || unit === "steps" || unit === "deltas") return ""
  return `${amountOf({ ...progress, done: total, total })} `
}

function bar(percent: number, style: Style): string {
  const full = Math.round((barColumns * Math.min(100, Math.max(0, percent))) / 100)
  return `${style.cyan("━".repeat(full))}${style.dim("━".repeat(barColumns - full))}`
}
