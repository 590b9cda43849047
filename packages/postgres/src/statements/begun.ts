/** Whether a job waits and is in progress all the same. */
export const isBegun = "(begun and state in ('scheduled', 'queued'))"
