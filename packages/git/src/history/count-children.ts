import { availableParallelism } from "node:os"

/** How many git processes read a history at the same time. Default: one per processor, at most 4. */
export function countChildren(wanted?: number): number {
  return wanted !== undefined && wanted > 0 ? wanted : Math.min(availableParallelism(), 4)
}

/**
 * How many processes are worth starting to compare so many commits with their parents. To start one takes as long as to compare
 * some tens of commits, and of an update changes and lines are compared at the same time anyway.
 */
export function childrenWorth(commits: number): number {
  return Math.max(1, Math.ceil(commits / commitsPerChild))
}

const commitsPerChild = 400
