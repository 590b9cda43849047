import { createMemoryJobStore, createMemoryRepositoryStore } from "@assay/core"
import { describeRepositoryStore } from "@assay/core/testing"

describeRepositoryStore("memory", {
  create: (clock) => ({
    store: createMemoryRepositoryStore({ clock }),
    transaction: (work) => createMemoryJobStore().transaction(work),
  }),
})
