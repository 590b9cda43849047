import { z } from "zod"

/** RFC 3339, in UTC. */
export const timeSchema = z.iso.datetime()

export function toTime(date: Date): string
export function toTime(date: Date | undefined): string | null
export function toTime(date: Date | undefined): string | null {
  return date ? date.toISOString() : null
}
