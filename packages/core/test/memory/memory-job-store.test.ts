import { describe, expect, it } from "vitest"
import { createMemoryJobStore } from "@assay/core"
import type { Transaction } from "@assay/core"
import { describeStore } from "@assay/core/testing"

describeStore("memory", { create: (clock) => createMemoryJobStore({ clock }) })

describe("the memory job store", () => {
  it("takes no part in a transaction of another kind", async () => {
    const foreign = { query: async () => [], exec: async () => {}, insertColumns: async () => {} } as Transaction
    await expect(createMemoryJobStore().apply([], foreign)).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })

  it("can be told from any other", async () => {
    expect(await createMemoryJobStore().identity()).not.toBe(await createMemoryJobStore().identity())
  })
})
