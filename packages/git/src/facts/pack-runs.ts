import { ByteReader, ByteWriter } from "./bytes.js"

/** When the lines of a file were born, from the first to the last: positions in the first-parent chain as run lengths. */
export interface LineRuns {
  readonly born: Int32Array
  readonly count: Int32Array
}

export function packRuns({ born, count }: LineRuns): Uint8Array {
  const writer = new ByteWriter()
  writer.unsigned(born.length)
  for (let at = 0, before = 0; at < born.length; before = born[at++]!) {
    writer.signed(born[at]! - before)
    writer.unsigned(count[at]!)
  }
  return writer.take()
}

export function unpackRuns(bytes: Uint8Array): LineRuns {
  const reader = new ByteReader(bytes)
  const length = reader.unsigned()
  const born = new Int32Array(length)
  const count = new Int32Array(length)
  for (let at = 0, before = 0; at < length; before = born[at++]!) {
    born[at] = before + reader.signed()
    count[at] = reader.unsigned()
  }
  return { born, count }
}
