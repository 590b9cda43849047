import { readFile } from "node:fs/promises"
import { describe, expect, it } from "vitest"
import { finishedStates, isFinished, jobStates, nextState, transitions } from "../src/index.js"
import type { JobState, Transition, TransitionName } from "../src/index.js"
import { lifecycleDiagram, lifecycleTable } from "./helpers/lifecycle-document.js"

const rows = Object.entries(transitions) as [TransitionName, Transition][]

/** Everything that may happen to a job, written down a second time. What is not here is refused. */
const legal: Record<JobState, Partial<Record<TransitionName, JobState>>> = {
  scheduled: { due: "queued", cancel: "cancelled" },
  queued: { claim: "running", cancel: "cancelled" },
  running: {
    heartbeat: "running",
    progress: "running",
    stage: "running",
    step: "running",
    hold: "running",
    requestCancel: "running",
    complete: "succeeded",
    retry: "scheduled",
    defer: "scheduled",
    fail: "failed",
    release: "queued",
    lose: "queued",
    crash: "failed",
    acknowledgeCancel: "cancelled",
  },
  succeeded: {},
  failed: { redrive: "queued" },
  cancelled: { redrive: "queued" },
}

describe("the lifecycle", () => {
  for (const state of jobStates) {
    for (const [name] of rows) {
      const to = legal[state][name]
      it(to ? `lets ${name} lead from ${state} to ${to}` : `refuses ${name} in ${state}`, () => {
        expect(nextState(state, name)).toBe(to)
      })
    }
  }

  for (const [name] of rows) {
    const yields = ["retry", "defer", "release", "lose"].includes(name)
    it(`lets ${name} ${yields ? "yield" : "take no notice of"} a cancel that was requested`, () => {
      const usual = nextState("running", name)
      expect(nextState("running", name, true)).toBe(yields ? "cancelled" : usual)
    })
  }

  it("calls a job finished when only a person can move it again", () => {
    expect(finishedStates.map((state) => isFinished(state))).toEqual([true, true, true])
    for (const state of jobStates) {
      const leaving = rows.filter(([name]) => nextState(state, name) !== undefined).map(([name]) => name)
      expect(isFinished(state), state).toBe(leaving.every((name) => name === "redrive"))
    }
  })

  it("reaches every state from a new job", () => {
    const reached = new Set<JobState>(["queued", "scheduled"])
    for (const state of reached) {
      for (const [name] of rows) {
        const next = nextState(state, name)
        if (next) reached.add(next)
      }
    }
    expect([...reached].sort()).toEqual([...jobStates].sort())
  })

  it("asks for the fence in whatever an attempt does", () => {
    const byOthers = ["due", "claim", "cancel", "requestCancel", "redrive"]
    expect(rows.filter(([, { guard }]) => !guard).map(([name]) => name)).toEqual(byOthers)
    for (const [, { guard, from }] of rows) if (guard) expect(from).toEqual(["running"])
  })

  it("ends the attempt exactly when a job leaves running", () => {
    for (const [name, { from, to, ends }] of rows) {
      expect(ends !== undefined, name).toBe(from.includes("running") && to !== "running")
    }
  })

  it("announces whatever changes the state", () => {
    for (const [name, { from, to, event }] of rows) {
      if (!from.includes(to)) expect(event, name).toMatch(/^job\./)
    }
  })
})

describe("docs/concepts/lifecycle.md", async () => {
  const page = await readFile(new URL("../../../docs/concepts/lifecycle.md", import.meta.url), "utf8")

  it("draws the transition table", () => {
    const diagram = /```mermaid\n([\s\S]*?)\n```/.exec(page)?.[1]
    expect(diagram, "the fenced block of the page, made by lifecycleDiagram()").toBe(lifecycleDiagram())
  })

  it("lists the transition table", () => {
    const cells = page
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
    const listed = cells
      .slice(cells.findIndex(([first]) => first === "transition"))
      .filter(([first]) => !/^-+$/.test(first ?? ""))
    expect(listed.slice(0, rows.length + 1), "made by lifecycleTable()").toEqual(lifecycleTable())
  })
})
