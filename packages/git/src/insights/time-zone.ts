import { secondsOfDay } from "./calendar.js"

/** What clocks of a place are ahead of UTC by. */
export interface Zone {
  readonly name: string
  /** In seconds. */
  offsetAt(seconds: number): number
}

export const utc: Zone = { name: "UTC", offsetAt: () => 0 }

/** A zone of the IANA database, by its name: `Europe/Berlin`. Throws a `RangeError` when there is none of that name. */
export function createZone(name: string): Zone {
  // The default of most questions; to make a format takes as long as to count some thousand commits.
  if (name === utc.name) return utc
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  } as Intl.DateTimeFormatOptions)
  const resolved = format.resolvedOptions().timeZone
  if (resolved === "UTC") return utc

  const ask = (seconds: number): number => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(seconds * 1000)) part[type] = Number(value)
    const { year, month, day, hour, minute, second } = part as Record<string, number>
    return Date.UTC(year!, month! - 1, day, hour, minute, second) / 1000 - seconds
  }
  // Asking for the offset of each of 80,000 commits would cost more than counting them; clocks change on few days of a year.
  const atStartOf = new Map<number, number>()
  const atStart = (day: number): number => {
    let offset = atStartOf.get(day)
    if (offset === undefined) atStartOf.set(day, (offset = ask(day * secondsOfDay)))
    return offset
  }
  return {
    name: resolved,
    offsetAt(seconds) {
      const day = Math.floor(seconds / secondsOfDay)
      const offset = atStart(day)
      return offset === atStart(day + 1) ? offset : ask(seconds)
    },
  }
}
