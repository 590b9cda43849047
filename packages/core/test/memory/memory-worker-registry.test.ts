import { createMemoryJobStore, createMemoryWorkerRegistry } from "@assay/core"
import { describeWorkerRegistry } from "@assay/core/testing"

describeWorkerRegistry("memory", {
  create: (clock) => {
    const store = createMemoryJobStore({ clock })
    return { store, registry: createMemoryWorkerRegistry({ jobs: store, clock }) }
  },
})
