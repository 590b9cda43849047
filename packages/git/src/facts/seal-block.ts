import { deflateRawSync, inflateRawSync } from "node:zlib"

/** What the first byte of a block says. Others may come to mean other things; old blocks stay readable. */
const plain = 1
const deflated = 2

/** Packs what a block holds, at the fastest level: columns shrink to about half, and every byte less is two less for the database. */
export function sealBlock(bytes: Uint8Array): Uint8Array {
  const packed = deflateRawSync(bytes, { level: 1 })
  return packed.length < bytes.length
    ? Buffer.concat([Uint8Array.of(deflated), packed])
    : Buffer.concat([Uint8Array.of(plain), bytes])
}

/** Throws a `RangeError` for a block of a form that this version does not know. */
export function openBlock(block: Uint8Array): Uint8Array {
  if (block[0] === deflated) return inflateRawSync(block.subarray(1))
  if (block[0] === plain) return block.subarray(1)
  throw new RangeError(`A block of facts has the unknown form ${block[0]}.`)
}
