import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const block = 512

/** Writes the files and folders of an uncompressed tar below `folder`, readable by the owner only, as PostgreSQL wants it. */
export function unpackTar(tar: Uint8Array, folder: string): void {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength)
  const text = (start: number, length: number): string =>
    bytes.toString("latin1", start, start + length).split("\0", 1)[0] ?? ""
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
    const name = [text(at + 345, 155), text(at, 100)].filter(Boolean).join("/")
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8)
    const path = join(folder, name)
    if (bytes.toString("latin1", at + 156, at + 157) === "5") mkdirSync(path, { recursive: true, mode: 0o700 })
    else {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, bytes.subarray(at + block, at + block + size), { mode: 0o600 })
    }
    at += block + Math.ceil(size / block) * block
  }
}
