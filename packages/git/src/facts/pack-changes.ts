import { ByteReader, ByteWriter } from "./bytes.js"
import { openBlock, sealBlock } from "./seal-block.js"
import type { ChangeColumns } from "./snapshot-facts.js"

export interface ChangeBlock {
  /** How many changes each commit of the block has; then where they begin is clear. */
  readonly firstChange: Int32Array
  readonly changes: ChangeColumns
}

const statuses = "AMDRT"
const kinds = "fls"
const codeOf = (letters: string): Int8Array => {
  const codes = new Int8Array(128).fill(-1)
  for (let at = 0; at < letters.length; at++) codes[letters.charCodeAt(at)] = at
  return codes
}
const statusCodes = codeOf(statuses)
const kindCodes = codeOf(kinds)
const renamed = "R".charCodeAt(0)

/** The bytes of a block of changes, column by column. Throws a `RangeError` for a status or kind that there is not. */
export function packChanges({ firstChange, changes }: ChangeBlock): Uint8Array {
  const writer = new ByteWriter()
  const commits = firstChange.length - 1
  writer.unsigned(commits)
  for (let at = 0; at < commits; at++) writer.unsigned(firstChange[at + 1]! - firstChange[at]!)
  const { length, pathId, oldPathId, status, kind, added, deleted } = changes
  for (let at = 0; at < length; at++) {
    const statusCode = statusCodes[status[at]!] ?? -1
    const kindCode = kindCodes[kind[at]!] ?? -1
    if (statusCode < 0 || kindCode < 0) throw new RangeError("A change has an unknown status or kind.")
    writer.unsigned(statusCode * kinds.length + kindCode)
  }
  for (let at = 0, before = 0; at < length; before = pathId[at++]!) writer.signed(pathId[at]! - before)
  for (let at = 0; at < length; at++) if (status[at] === renamed) writer.signed(oldPathId[at]! - pathId[at]!)
  for (let at = 0; at < length; at++) writer.unsigned(added[at]! + 1)
  for (let at = 0; at < length; at++) writer.unsigned(deleted[at]! + 1)
  return sealBlock(writer.take())
}

export function unpackChanges(bytes: Uint8Array): ChangeBlock {
  const reader = new ByteReader(openBlock(bytes))
  const commits = reader.unsigned()
  const firstChange = new Int32Array(commits + 1)
  for (let at = 0; at < commits; at++) firstChange[at + 1] = firstChange[at]! + reader.unsigned()
  const length = firstChange[commits]!
  const pathId = new Int32Array(length)
  const oldPathId = new Int32Array(length)
  const status = new Uint8Array(length)
  const kind = new Uint8Array(length)
  const added = new Int32Array(length)
  const deleted = new Int32Array(length)
  for (let at = 0; at < length; at++) {
    const code = reader.unsigned()
    status[at] = statuses.charCodeAt(Math.floor(code / kinds.length))
    kind[at] = kinds.charCodeAt(code % kinds.length)
  }
  for (let at = 0, before = 0; at < length; before = pathId[at++]!) pathId[at] = before + reader.signed()
  for (let at = 0; at < length; at++) if (status[at] === renamed) oldPathId[at] = pathId[at]! + reader.signed()
  for (let at = 0; at < length; at++) added[at] = reader.unsigned() - 1
  for (let at = 0; at < length; at++) deleted[at] = reader.unsigned() - 1
  return { firstChange, changes: { length, pathId, oldPathId, status, kind, added, deleted } }
}
