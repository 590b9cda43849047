import { createMemoryJobStore } from "@assay/core"
import { describeStore } from "@assay/core/testing"

describeStore("memory", { create: (clock) => createMemoryJobStore({ clock }) })
