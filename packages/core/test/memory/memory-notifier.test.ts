import { createMemoryNotifier } from "@assay/core"
import { describeNotifier } from "@assay/core/testing"

describeNotifier("memory", { create: () => ({ notifier: createMemoryNotifier() }), supports: { sharing: false } })
