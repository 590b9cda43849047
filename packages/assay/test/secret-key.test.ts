import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { secretKeyOf } from "../src/secret-key.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

describe("secretKeyOf", () => {
  it("makes a key once, in a file that only its owner can read", async () => {
    const folder = join(temporaryFolder(), "data")
    const key = await secretKeyOf(folder)
    expect(Buffer.from(key, "base64")).toHaveLength(32)
    expect(await secretKeyOf(folder)).toBe(key)
    expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(["secret.key"])
  })

  it("gives everybody who asks at once the same key", async () => {
    const folder = temporaryFolder()
    const keys = await Promise.all(Array.from({ length: 20 }, () => secretKeyOf(folder)))
    expect(new Set(keys).size).toBe(1)
    expect(readdirSync(folder)).toEqual(["secret.key"])
  })

  it("takes back what others may read", async () => {
    const folder = temporaryFolder()
    const key = await secretKeyOf(folder)
    chmodSync(join(folder, "secret.key"), 0o644)
    expect(await secretKeyOf(folder)).toBe(key)
    expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600)
  })

  it("refuses a file that holds no key, rather than to seal with it or to replace it", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "secret.key"), "oops\n")
    await expect(secretKeyOf(folder)).rejects.toMatchObject({ code: "DATA_FOLDER_UNUSABLE" })
  })

  it("says so when the folder cannot be used", async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, "secret.key"))
    await expect(secretKeyOf(folder)).rejects.toMatchObject({ code: "DATA_FOLDER_UNUSABLE", hint: expect.any(String) })
  })
})
