import { ByteReader, ByteWriter } from "./bytes.js"
import { openBlock, sealBlock } from "./seal-block.js"

/** What was born and died along a stretch of the first-parent chain. One entry per commit, oldest first. */
export interface LedgerBlock {
  /** The place of the first commit in the chain, from 0. */
  readonly firstPosition: number
  readonly id: readonly number[]
  readonly authorId: readonly number[]
  readonly time: readonly number[]
  readonly added: readonly number[]
  /** Of each commit: positions at which lines were born that died at it, ascending, each followed by how many of them. */
  readonly deaths: readonly Int32Array[]
}

export function packLedger(block: LedgerBlock): Uint8Array {
  const writer = new ByteWriter()
  const { firstPosition, id, authorId, time, added, deaths } = block
  writer.unsigned(firstPosition)
  writer.unsigned(id.length)
  let before = 0
  for (const value of id) {
    writer.signed(value - before)
    before = value
  }
  for (const value of authorId) writer.unsigned(value)
  before = 0
  for (const value of time) {
    writer.signed(value - before)
    before = value
  }
  for (const value of added) writer.unsigned(value)
  for (const died of deaths) {
    writer.unsigned(died.length / 2)
    before = 0
    for (let at = 0; at < died.length; at += 2) {
      writer.unsigned(died[at]! - before)
      writer.unsigned(died[at + 1]!)
      before = died[at]!
    }
  }
  return sealBlock(writer.take())
}

export function unpackLedger(bytes: Uint8Array): LedgerBlock {
  const reader = new ByteReader(openBlock(bytes))
  const firstPosition = reader.unsigned()
  const length = reader.unsigned()
  const list = (read: () => number): number[] => Array.from({ length }, read)
  let before = 0
  const id = list(() => (before += reader.signed()))
  const authorId = list(() => reader.unsigned())
  before = 0
  const time = list(() => (before += reader.signed()))
  const added = list(() => reader.unsigned())
  const deaths = Array.from({ length }, () => {
    const died = new Int32Array(reader.unsigned() * 2)
    let born = 0
    for (let at = 0; at < died.length; at += 2) {
      died[at] = born += reader.unsigned()
      died[at + 1] = reader.unsigned()
    }
    return died
  })
  return { firstPosition, id, authorId, time, added, deaths }
}
