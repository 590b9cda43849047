import { PostgresError } from "./postgres-error.js"

const tries = 5

/**
 * Runs `work` again when it lost a race that it may win the next time: a deadlock that the server broke, or one of the
 * unique indexes named in `constraints`. To be used outside of transactions only: within one, the failure has undone it.
 */
export async function tryAgain<Value>(work: () => Promise<Value>, constraints: readonly string[] = []): Promise<Value> {
  for (let round = 1; ; round++) {
    try {
      return await work()
    } catch (error) {
      if (round === tries || !lostRace(error, constraints)) throw error
    }
  }
}

export function lostRace(error: unknown, constraints: readonly string[]): boolean {
  if (!PostgresError.isInstance(error)) return false
  return error.retryable || (error.code === "23505" && constraints.includes(error.constraint ?? ""))
}
