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
  /** Of each commit: positions at which lines were born that died at it, ascending, and how many of each. */
  readonly deaths: readonly (readonly (readonly [born: number, count: number])[])[]
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
    writer.unsigned(died.length)
    before = 0
    for (const [born, count] of died) {
      writer.unsigned(born - before)
      writer.unsigned(count)
      before = born
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
    let born = 0
    return Array.from({ length: reader.unsigned() }, (): [number, number] => [
      (born += reader.unsigned()),
      reader.unsigned(),
    ])
  })
  return { firstPosition, id, authorId, time, added, deaths }
}
