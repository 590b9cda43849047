import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto"
import { AssayError } from "./errors.js"

/** Makes secrets unreadable before they are stored, and readable for the attempt that needs them. */
export interface Sealer {
  /** `context` is bound to the sealed text: opening it under another context fails. */
  seal(secret: string, context: string): string
  /** Throws `SECRET_UNREADABLE` when the text was altered, or sealed with another key or under another context. */
  open(sealed: string, context: string): string
}

/**
 * Seals with AES-256-GCM. The key is derived from `key` by HKDF-SHA-256, so any string or bytes with at least 16 bytes of
 * entropy will do. Text sealed with one of `previousKeys` can still be opened, so that a key can be replaced.
 *
 * Format: `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url.
 */
export function createSealer(key: string | Uint8Array, previousKeys: readonly (string | Uint8Array)[] = []): Sealer {
  const current = deriveKey(key)
  const known = new Map([current, ...previousKeys.map(deriveKey)].map((entry) => [entry.id, entry]))
  return {
    seal(secret, context) {
      const iv = randomBytes(12)
      const cipher = createCipheriv("aes-256-gcm", current.bytes, iv)
      cipher.setAAD(Buffer.from(context))
      const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()])
      return [
        "v1",
        current.id,
        ...[iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString("base64url")),
      ].join(".")
    },
    open(sealed, context) {
      const [version, id = "", iv = "", tag = "", ciphertext = ""] = sealed.split(".")
      const entry = known.get(id)
      if (version !== "v1" || !entry) throw unreadable("it was sealed with a key that is not known here")
      try {
        const decipher = createDecipheriv("aes-256-gcm", entry.bytes, Buffer.from(iv, "base64url"), {
          authTagLength: 16,
        })
        decipher.setAAD(Buffer.from(context))
        decipher.setAuthTag(Buffer.from(tag, "base64url"))
        return decipher.update(Buffer.from(ciphertext, "base64url"), undefined, "utf8") + decipher.final("utf8")
      } catch {
        throw unreadable("it was altered, or belongs elsewhere")
      }
    },
  }
}

function deriveKey(key: string | Uint8Array): { id: string; bytes: Buffer } {
  const material = typeof key === "string" ? Buffer.from(key, "utf8") : Buffer.from(key)
  if (material.length < 16) {
    throw new RangeError(
      "The secret key must be at least 16 bytes long: use 32 random bytes, for example from `openssl rand -base64 32`.",
    )
  }
  const bytes = Buffer.from(hkdfSync("sha256", material, "", "assay/seal/v1", 32))
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes }
}

function unreadable(why: string): AssayError {
  return new AssayError("SECRET_UNREADABLE", `A sealed secret cannot be opened: ${why}.`, {
    hint: "Give every process the same ASSAY_SECRET_KEY, and keep the former one among the previous keys when you replace it.",
  })
}
