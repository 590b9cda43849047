import { ByteReader, ByteWriter } from "./bytes.js"
import { openBlock, sealBlock } from "./seal-block.js"
import type { CommitColumns } from "./snapshot-facts.js"

/** The columns of a block's commits that are known before any change was read. Their ids follow one another. */
export type CommitBlock = Omit<CommitColumns, "id" | "firstChange">

/** The bytes of a block of commits, column by column, each number as what it differs from its neighbour by. */
export function packCommits(commits: CommitBlock): Uint8Array {
  const writer = new ByteWriter()
  const { length } = commits
  writer.unsigned(length)
  for (let at = 0; at < length; at++) writer.unsigned(commits.merge[at]!)
  for (let at = 0; at < length; at++) writer.unsigned(commits.authorId[at]!)
  for (let at = 0, before = 0; at < length; before = commits.committedAt[at++]!) {
    writer.signed(commits.committedAt[at]! - before)
  }
  for (let at = 0; at < length; at++) writer.signed(commits.authoredAt[at]! - commits.committedAt[at]!)
  for (let at = 0; at < length; at++) writer.signed(commits.rank[at]! - commits.committedAt[at]!)
  for (let at = 0; at < length; at++) writer.signed(commits.authorOffset[at]!)
  for (let at = 0; at < length; at++) writer.unsigned(commits.tie[at]!)
  writer.unsigned(commits.coauthors.size)
  for (const [at, identities] of commits.coauthors) {
    writer.unsigned(at)
    writer.unsigned(identities.length)
    for (const identity of identities) writer.unsigned(identity)
  }
  return sealBlock(writer.take())
}

export function unpackCommits(bytes: Uint8Array): CommitBlock {
  const reader = new ByteReader(openBlock(bytes))
  const length = reader.unsigned()
  const merge = new Uint8Array(length)
  const authorId = new Int32Array(length)
  const committedAt = new Float64Array(length)
  const authoredAt = new Float64Array(length)
  const rank = new Float64Array(length)
  const authorOffset = new Int16Array(length)
  const tie = new Float64Array(length)
  for (let at = 0; at < length; at++) merge[at] = reader.unsigned()
  for (let at = 0; at < length; at++) authorId[at] = reader.unsigned()
  for (let at = 0, before = 0; at < length; before = committedAt[at++]!) committedAt[at] = before + reader.signed()
  for (let at = 0; at < length; at++) authoredAt[at] = committedAt[at]! + reader.signed()
  for (let at = 0; at < length; at++) rank[at] = committedAt[at]! + reader.signed()
  for (let at = 0; at < length; at++) authorOffset[at] = reader.signed()
  for (let at = 0; at < length; at++) tie[at] = reader.unsigned()
  const coauthors = new Map<number, Int32Array>()
  for (let left = reader.unsigned(); left > 0; left--) {
    const at = reader.unsigned()
    coauthors.set(
      at,
      Int32Array.from({ length: reader.unsigned() }, () => reader.unsigned()),
    )
  }
  return { length, merge, authorId, authoredAt, authorOffset, committedAt, rank, tie, coauthors }
}
