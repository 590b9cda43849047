import { randomBytes } from "node:crypto"
import { chmod, link, open, readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { AssayError, makeFolder } from "@assay/core"
import { SetupError } from "./errors.js"

const fileName = "secret.key"

/**
 * The key that seals secrets for the stores of this data folder: 32 random bytes as base64, made when there is none yet, in
 * a file that only its owner may read. Processes that ask at the same moment get the same key.
 */
export async function secretKeyOf(dataFolder: string): Promise<string> {
  const file = join(dataFolder, fileName)
  try {
    return (await readKey(file)) ?? (await makeKey(dataFolder, file))
  } catch (error) {
    if (SetupError.isInstance(error) || AssayError.isInstance(error)) throw error
    throw new SetupError("DATA_FOLDER_UNUSABLE", `The key file ${file} cannot be used.`, {
      cause: error,
      hint: "Check who may write to the data folder, or set ASSAY_SECRET_KEY.",
    })
  }
}

async function readKey(file: string): Promise<string | undefined> {
  let key: string
  try {
    key = (await readFile(file, "utf8")).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
  if (Buffer.from(key, "base64").length < 32) {
    throw new SetupError("DATA_FOLDER_UNUSABLE", `The key file ${file} does not hold a key.`, {
      hint: "Put the former file back. If it is lost, remove this one: tokens that wait in the database must be given again.",
    })
  }
  // A copy or a backup may have made it readable to others.
  if (process.platform !== "win32" && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
  return key
}

async function makeKey(dataFolder: string, file: string): Promise<string> {
  makeFolder(dataFolder)
  const key = randomBytes(32).toString("base64")
  const unfinished = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`
  try {
    const handle = await open(unfinished, "wx", 0o600)
    try {
      await handle.writeFile(`${key}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // A link appears at once with its content, and only one process can make it: the others take what is there.
    await link(unfinished, file)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    const existing = await readKey(file)
    if (existing === undefined) throw error
    return existing
  } finally {
    await rm(unfinished, { force: true })
  }
}
