import { finishedStates, transitions } from "../../src/index.js"
import type { Transition } from "../../src/index.js"

const rows = Object.entries(transitions) as [string, Transition][]

/** The transition table as the state diagram that `docs/concepts/lifecycle.md` shows. */
export function lifecycleDiagram(): string {
  const arrows = new Map<string, string[]>()
  const draw = (from: string, to: string, name: string): void => {
    const arrow = `${from} --> ${to}`
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), name])
  }
  draw("[*]", "queued", "enqueue")
  draw("[*]", "scheduled", "enqueue")
  for (const [name, { from, to }] of rows) for (const state of from) draw(state, to, name)
  for (const [name, { yieldsToCancel }] of rows) if (yieldsToCancel) draw("running", "cancelled", `${name}*`)
  const lines = [...arrows].map(([arrow, names]) => `  ${arrow}: ${names.join(", ")}`)
  return ["stateDiagram-v2", ...lines, ...finishedStates.map((state) => `  ${state} --> [*]`)].join("\n")
}

/** The transition table as the table that the page shows, without the padding of its columns. */
export function lifecycleTable(): string[][] {
  const header = ["transition", "from", "to", "guard", "ends the attempt as", "announced as"]
  return [
    header,
    ...rows.map(([name, { from, to, guard, ends, event, yieldsToCancel }]) => [
      `\`${name}\``,
      from.join(", "),
      yieldsToCancel ? `${to}*` : to,
      guard ?? "",
      ends ?? "",
      event ? `\`${event}\`` : "",
    ]),
  ]
}
