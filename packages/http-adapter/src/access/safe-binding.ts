import { HttpError } from "../problem/http-error.js"
import { isLoopbackHost } from "./loopback.js"

export interface Binding {
  /** The name or address to listen on. */
  host: string
  apiKeys?: readonly string[]
  open?: boolean
}

/**
 * Throws `UNSAFE_BINDING` for an address that others can reach while neither API keys say who may come in nor `open` says
 * that everybody may. For a server to call before it listens.
 */
export function assertSafeBinding({ host, apiKeys = [], open = false }: Binding): void {
  if (isLoopbackHost(host) || apiKeys.length > 0 || open) return
  throw new HttpError(
    "UNSAFE_BINDING",
    `Listening on ${host === "" ? "every address" : host} without API keys would let anybody in.`,
    {
      hint: "Set ASSAY_API_KEYS, or listen on 127.0.0.1, or set ASSAY_OPEN=1 if everybody who can reach the port may do everything.",
    },
  )
}
