import type { JobId } from "./job.js"

/**
 * Tells other processes that there is something to read. It carries numbers, never data: whoever hears one reads the rows
 * from the store. Loss is tolerated everywhere; a heartbeat finds a cancel, and readers look again by themselves.
 *
 * Prove an implementation with `describeNotifier` from `@assay/core/testing`.
 */
export interface Notifier {
  readonly name: string
  publish(notifications: readonly Notification[]): Promise<void>
  /**
   * Calls `listener` for what is published from now on, by this process and by others, in the order of each publisher.
   * A listener that throws does not disturb the others. Resolves when the subscription stands.
   */
  subscribe(filter: NotificationFilter, listener: (notification: Notification) => void): Promise<Subscription>
  /** Ends all subscriptions and releases what the notifier itself opened. Safe to call twice. */
  close(): Promise<void>
}

export interface Notification {
  /** `event`: rows up to `number` can be read. `progress`: the job row was updated. `cancel`: its worker should stop it. */
  readonly kind: "event" | "progress" | "cancel"
  readonly jobId: JobId
  /** The job's event number at that moment. */
  readonly number: number
}

/** An absent member matches everything. */
export interface NotificationFilter {
  readonly kind?: Notification["kind"]
  readonly jobId?: JobId
}

export interface Subscription {
  /** Safe to call twice. */
  close(): Promise<void>
}
