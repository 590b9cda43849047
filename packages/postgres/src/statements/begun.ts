/**
 * Whether a job waits and its last attempt did not fail: it has begun something that goes on, and keeps its place. Asked of
 * jobs that wait only, few of which have been claimed before.
 */
export const isBegun = `
  (state in ('scheduled', 'queued') and fence > 0 and exists (
    select from assay.job_attempts as last
    where last.job_id = jobs.id and last.fence = jobs.fence and last.outcome in ('deferred', 'released', 'lost')
  ))`
