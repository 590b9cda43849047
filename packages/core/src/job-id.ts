import { randomFillSync } from "node:crypto"
import type { JobId } from "./job.js"

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Ids of one process sort in the order they were made, also within one millisecond.
let lastTime = 0
const random = new Uint8Array(10)

/**
 * A new id: `prefix_` and a ULID (48 bits of time, 80 of randomness, https://github.com/ulid/spec). Made here and not by
 * the database, so that the caller knows it before anything is written.
 */
export function newId<Prefix extends string>(prefix: Prefix, now = Date.now()): `${Prefix}_${string}` {
  if (now > lastTime) {
    lastTime = now
    randomFillSync(random)
  } else {
    increment(random)
  }
  return `${prefix}_${encodeTime(lastTime)}${encodeRandom(random)}`
}

export function newJobId(): JobId {
  return newId("job")
}

const pattern = /^job_[0-9A-HJKMNP-TV-Z]{26}$/

/** Whether `text` has the form of a job id. Says nothing about whether such a job exists. */
export function isJobId(text: string): text is JobId {
  return pattern.test(text)
}

function increment(bytes: Uint8Array): void {
  for (let index = bytes.length - 1; index >= 0; index--) {
    const next = ((bytes[index] ?? 0) + 1) & 0xff
    bytes[index] = next
    if (next !== 0) return
  }
}

function encodeTime(time: number): string {
  let text = ""
  for (let rest = time, index = 0; index < 10; index++, rest = Math.floor(rest / 32)) {
    text = alphabet.charAt(rest % 32) + text
  }
  return text
}

function encodeRandom(bytes: Uint8Array): string {
  let text = ""
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return text
}
