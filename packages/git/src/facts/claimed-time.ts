// The years 1 and 9999: what commits claim beyond is no time, and neither every database nor every client can say it.
const earliest = -62_135_596_800
const latest = 253_402_300_799

/** The time that a commit claims, if it is one; else the nearest that is. */
export function toDate(seconds: number): Date {
  return new Date(Math.min(Math.max(seconds, earliest), latest) * 1000)
}
