export const pauseQueue = "insert into assay.paused_queues (name) values ($1) on conflict do nothing"

export const resumeQueue = "delete from assay.paused_queues where name = $1"

export const selectPaused = 'select name from assay.paused_queues order by name collate "C"'
