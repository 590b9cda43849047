import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./temporary-folder.js"

export interface ServerCertificate {
  key: Buffer
  cert: Buffer
}

export interface CertificateAuthority extends AsyncDisposable {
  /** What those trust who trust it. */
  caFile: string
  /** A certificate for these host names. */
  issue(names: readonly string[], options?: { expired?: boolean }): ServerCertificate
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

/** An authority of this test's own, in a temporary folder. */
export async function certificateAuthority(): Promise<CertificateAuthority> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "ignore", cwd: folder.path })
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority", "-days", "2")
  let issued = 0
  return {
    caFile: at("ca.pem"),
    issue(names, { expired = false } = {}) {
      const name = `server-${++issued}`
      writeFileSync(at(`${name}.ext`), `subjectAltName=${names.map((host) => `DNS:${host}`).join(",")}\n`)
      openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${names[0]}`)
      openssl(
        ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
        ...["-days", expired ? "-1" : "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
      )
      return { key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.pem`)) }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
