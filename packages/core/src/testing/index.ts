// Suites: one call proves an implementation
export { describeStore } from "./describe-store.js"
export type { PropertyOptions, StoreSuiteOptions, StoreSupport, TestedStore } from "./store/store-test.js"
export { describeRepositoryStore } from "./describe-repository-store.js"
export type { RepositoryStoreSuiteOptions, RepositoryStoreUnderTest } from "./describe-repository-store.js"
export { describeQueue } from "./describe-queue.js"
export type { QueueSuiteOptions, QueueSupport, QueueUnderTest } from "./queue/queue-test.js"
export { describeNotifier } from "./describe-notifier.js"
export type { NotifierSuiteOptions, NotifierUnderTest } from "./notifier/notifier-test.js"

// What tests are made with
export { buildFailure, buildNewJob, leaseOf } from "./build-new-job.js"
export { buildNewRepository, buildSnapshot } from "./build-new-repository.js"
export { controllableClock } from "./controllable-clock.js"
export type { ControllableClock } from "./controllable-clock.js"
export { eventRecorder } from "./event-recorder.js"
export type { EventRecorder } from "./event-recorder.js"
