import type { IndexContext } from "./perform-index.js"

/** Tells of parts that run at the same time as if they came one after the other. */
export interface Stages {
  /** The job is in this stage from now on. How far it has come already is told at once. */
  begin(name: string): Promise<void>
  /** Says how far a stage is. It is told when its turn has come. */
  progress(name: string, done: number, total: number, unit: string): void
}

export function createStages(context: Pick<IndexContext, "stage" | "progress">): Stages {
  const known = new Map<string, [number, number, string]>()
  let current: string | undefined
  return {
    async begin(name) {
      await context.stage(name)
      current = name
      const progress = known.get(name)
      if (progress) context.progress(...progress)
    },
    progress(name, ...progress) {
      known.set(name, progress)
      if (name === current) context.progress(...progress)
    },
  }
}
