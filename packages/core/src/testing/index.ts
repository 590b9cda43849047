// Suites: one call proves an implementation
export { describeStore } from "./describe-store.js"
export type { StoreSuiteOptions, StoreSupport, TestedStore } from "./store/store-test.js"

// What tests are made with
export { buildFailure, buildNewJob, leaseOf } from "./build-new-job.js"
export { buildNewRepository, buildSnapshot } from "./build-new-repository.js"
export { controllableClock } from "./controllable-clock.js"
export type { ControllableClock } from "./controllable-clock.js"
export { eventRecorder } from "./event-recorder.js"
export type { EventRecorder } from "./event-recorder.js"
