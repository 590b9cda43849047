import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { deflateSync } from "node:zlib"
import { advertise, packet } from "./advertise.js"
import type { Advertisement } from "./advertise.js"

/** Lets a server advertise these refs and answer every fetch with this pack, whatever was asked for. */
export function sendPack(
  advertisement: Advertisement,
  pack: Buffer,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const list = advertise(advertisement)
  return (request, response) => {
    if (list(request, response)) return true
    request.resume()
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" })
      response.write(packet("NAK\n"))
      for (let at = 0; at < pack.length; at += 65_000)
        response.write(packet(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 65_000)])))
      response.end("0000")
    })
    return true
  }
}

export interface PackedObject {
  kind: "commit" | "tree" | "blob"
  content: Buffer
}

/** The difference to the object that is so many bytes before it in the pack. */
export interface PackedDelta {
  base: number
  /** How large the base and the result claim to be. */
  sizes: readonly [base: number, result: number]
  /** Copies from the base. */
  copies: readonly (readonly [offset: number, length: number])[]
}

const kinds = { commit: 1, tree: 2, blob: 3 } as const

/** A pack of these objects. Deltas name their base by its place in the list. */
export function makePack(objects: readonly (PackedObject | PackedDelta)[]): Buffer {
  const header = Buffer.alloc(12)
  header.write("PACK")
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(objects.length, 8)
  const parts = [header]
  const offsets: number[] = []
  let offset = 12
  for (const object of objects) {
    offsets.push(offset)
    const isDelta = "base" in object
    const content = isDelta ? deltaOf(object) : object.content
    const part = Buffer.concat([
      entryHeader(isDelta ? 6 : kinds[object.kind], content.length),
      ...(isDelta ? [distance(offset - offsets[object.base]!)] : []),
      deflateSync(content),
    ])
    parts.push(part)
    offset += part.length
  }
  const body = Buffer.concat(parts)
  return Buffer.concat([body, createHash("sha1").update(body).digest()])
}

function deltaOf({ sizes, copies }: PackedDelta): Buffer {
  const parts = sizes.map(varint)
  for (const [offset, length] of copies) {
    const copy = Buffer.alloc(8)
    copy[0] = 0xff
    copy.writeUInt32LE(offset, 1)
    copy.writeUIntLE(length, 5, 3)
    parts.push(copy)
  }
  return Buffer.concat(parts)
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}

function entryHeader(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size % 16)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 128
    bytes.push(rest % 128)
  }
  return Buffer.from(bytes)
}

function distance(value: number): Buffer {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((--rest % 128) | 128)
  return Buffer.from(bytes)
}
