import { createMemoryQueue } from "@assay/core"
import { describeQueue } from "@assay/core/testing"

describeQueue("memory", { create: () => ({ queue: createMemoryQueue() }), supports: { sharing: false } })
