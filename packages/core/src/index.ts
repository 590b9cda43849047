// The nouns
export type {
  Attempt,
  AttemptOutcome,
  ConflictPolicy,
  Job,
  JobFailure,
  JobId,
  JobProgress,
  Json,
  Lease,
  NewJob,
} from "./job.js"
export { redact } from "./redact.js"
export { isJobId, newId, newJobId } from "./job-id.js"
export type { FeedEvent, JobEvent, JobEventData, JobEventType, JobProgressEvent } from "./events.js"
export { repositoryJobTypes, repositoryStatus } from "./repository.js"
export type { NewRepository, Repository, RepositoryStatus } from "./repository.js"
export type { Snapshot, SnapshotTotals } from "./snapshot.js"

// The lifecycle
export { finishedStates, isFinished, jobStates, nextState, transitions } from "./lifecycle.js"
export type { JobState, Transition, TransitionName } from "./lifecycle.js"
export * as changes from "./change.js"
export type { JobChange } from "./change.js"
export { backoffMs, defaultAttempts, defaultBackoff } from "./retry.js"
export type { Backoff } from "./retry.js"

// The contracts
export type { ColumnarInsert, Database, Migration, Transaction } from "./database.js"
export { overdueAfterMs } from "./store.js"
export { createClaimRoom, limitsThatCount } from "./claim-room.js"
export type { ClaimRoom, ClaimUsage, LimitedJob } from "./claim-room.js"
export type {
  Claim,
  ClaimLimits,
  ClaimRequest,
  EnqueuedJob,
  HeartbeatReply,
  JobCounts,
  JobPage,
  JobQuery,
  JobReader,
  JobStore,
  LatestJobsQuery,
  PruneRequest,
  Sweep,
  SweepRequest,
} from "./store.js"
export type { RepositoryChange, RepositoryQuery, RepositoryStore } from "./repository-store.js"
export type { DueSchedules, NewSchedule, Recurrence, Schedule, ScheduledJob, ScheduleStore } from "./schedule.js"
export type { WorkerQueue, WorkerRegistry, WorkerReport, WorkerStatus } from "./worker-registry.js"
export type { Consumer, ConsumeOptions, Hint, Queue } from "./queue.js"
export type { Notification, NotificationFilter, Notifier, Subscription } from "./notifier.js"
export type {
  BusFactor,
  BusFactorOptions,
  ContributorStatistics,
  Counted,
  DayActivity,
  FileChurn,
  FileStatistics,
  RepositoryReference,
  StatisticsPage,
  StatisticsReader,
} from "./statistics.js"
export type {
  Analyses,
  Analysis,
  AnalysisAnswer,
  AnalysisPage,
  AnalysisQuery,
  AnalysisRequest,
  AnalysisState,
  AnalysisStatistics,
  RequestedAnalysis,
  Snippet,
  SnippetVerification,
} from "./analysis.js"
export type { RepositorySource } from "./repository-source.js"
export type {
  Insight,
  InsightDescription,
  InsightExclusion,
  InsightName,
  InsightParameter,
  InsightQuery,
  InsightReader,
  InsightSnapshot,
  SnapshotComparison,
} from "./insight.js"
export { systemClock } from "./clock.js"
export type { Clock } from "./clock.js"
export { silentLogger } from "./logger.js"
export type { Logger } from "./logger.js"

// The shortest honest implementations
export { createMemoryJobStore } from "./memory/memory-job-store.js"
export type { MemoryJobStoreOptions } from "./memory/memory-job-store.js"
export { createMemoryRepositoryStore } from "./memory/memory-repository-store.js"
export type { MemoryRepositoryStoreOptions } from "./memory/memory-repository-store.js"
export { createMemoryScheduleStore } from "./memory/memory-schedule-store.js"
export type { MemoryScheduleStore, MemoryScheduleStoreOptions } from "./memory/memory-schedule-store.js"
export { createMemoryWorkerRegistry } from "./memory/memory-worker-registry.js"
export type { MemoryWorkerRegistryOptions } from "./memory/memory-worker-registry.js"
export { createMemoryQueue } from "./memory/memory-queue.js"
export type { MemoryQueueOptions } from "./memory/memory-queue.js"
export { createMemoryNotifier } from "./memory/memory-notifier.js"
export type { MemoryNotifierOptions } from "./memory/memory-notifier.js"

// Definitions and handlers
export { defineJob } from "./definition.js"
export type { DefineJobOptions, JobDefinition } from "./definition.js"
export type { Committed, Deferred, Handler, HandlerContext } from "./handler.js"
export { milliseconds } from "./duration.js"
export type { Duration } from "./duration.js"

// Asking for work
export type { Client, DeadLetterFilter, EnqueueOptions, JobHandle, ScheduleOptions, Schedules } from "./client.js"

// Errors
export { AssayError, IllegalTransitionError, InvalidInputError, RepositoryExistsError } from "./errors.js"
export type { AssayErrorOptions, ErrorCode, InputIssue } from "./errors.js"

// What adapters that keep files share
export { makeFolder, unusableFolder } from "./make-folder.js"

// Doing work
export { createClient, namedQueues } from "./create-client.js"
export type { ClientOptions } from "./create-client.js"
export { createWorker } from "./worker.js"
export type { Worker, WorkerOptions } from "./worker.js"
export { createRuntime } from "./runtime.js"
export type { Runtime, RuntimeOptions } from "./runtime.js"
export type { Retention } from "./retention.js"
export { createSealer } from "./sealer.js"
export type { Sealer } from "./sealer.js"
