/** What one process lets its listeners take. All have defaults. */
export interface Limits {
  /** Of one process, over all transports. Default 10,000. */
  connections?: number
  /** Jobs that one connection may have joined. Default 100. */
  joined?: number
  /** Of a message from a listener, in bytes. Default 16,384. */
  messageBytes?: number
  /**
   * What may wait in memory for one slow listener, in bytes; past it, nothing more is read for it until it has caught up.
   * One page of events may exceed it. Default 262,144.
   */
  waitingBytes?: number
  /** How long such a listener may take nothing at all before it is cut off, in milliseconds. Default 10,000. */
  slowMs?: number
  /** Between signs of life, in milliseconds. Default 25,000. */
  keepAliveMs?: number
}

export const defaultLimits: Required<Limits> = {
  connections: 10_000,
  joined: 100,
  messageBytes: 16_384,
  waitingBytes: 262_144,
  slowMs: 10_000,
  keepAliveMs: 25_000,
}
