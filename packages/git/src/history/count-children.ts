import { availableParallelism } from "node:os"

/** How many git processes read a history at the same time. Default: one per processor, at most 4. */
export function countChildren(wanted?: number): number {
  return wanted !== undefined && wanted > 0 ? wanted : Math.min(availableParallelism(), 4)
}
