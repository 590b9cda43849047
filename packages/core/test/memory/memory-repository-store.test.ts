import { describe, expect, it } from "vitest"
import { createMemoryJobStore, createMemoryRepositoryStore, createMemoryScheduleStore } from "@assay/core"
import { buildNewJob, buildNewRepository, buildSnapshot, describeRepositoryStore } from "@assay/core/testing"

describeRepositoryStore("memory", {
  create: (clock) => {
    const schedules = createMemoryScheduleStore({ clock })
    return {
      store: createMemoryRepositoryStore({ clock, schedules }),
      schedules,
      transaction: (work) => createMemoryJobStore().transaction(work),
    }
  },
})

describe("the memory repository store", () => {
  it("shares the fate of a job that is completed in the same transaction", async () => {
    const [jobs, repositories] = [createMemoryJobStore(), createMemoryRepositoryStore()]
    const { id } = await repositories.create(buildNewRepository())
    const work = jobs.transaction(async (transaction) => {
      await repositories.publish(id, buildSnapshot(), transaction)
      await jobs.enqueue([buildNewJob()], transaction)
      expect((await repositories.get(id, "default"))?.snapshot, "seen by others before the commit").toBeUndefined()
      throw new Error("no")
    })
    await expect(work).rejects.toThrow("no")
    expect((await repositories.get(id, "default"))?.snapshot).toBeUndefined()
    expect((await jobs.list()).jobs).toEqual([])
  })
})
