/** The part of pino's interface that the client uses. It is told methods, paths, statuses and times, never a key or a text. */
export interface PotpieLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}
