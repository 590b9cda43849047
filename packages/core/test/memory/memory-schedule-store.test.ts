import { createMemoryScheduleStore } from "@assay/core"
import { describeScheduleStore } from "@assay/core/testing"

describeScheduleStore("memory", { create: (clock) => ({ store: createMemoryScheduleStore({ clock }) }) })
