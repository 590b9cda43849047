import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** Every file below a folder that can be read, with its bytes. One that goes away meanwhile is left out. */
export function* filesBelow(folder: string): Generator<{ path: string; bytes: Buffer }> {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name)
    try {
      if (statSync(path).isFile()) yield { path, bytes: readFileSync(path) }
    } catch {
      // It is gone.
    }
  }
}
