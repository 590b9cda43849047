import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

/** Makes authorities and what they sign, in `folder`. */
export function certificateMaker(folder: string): {
  authority(name: string): Certificate
  signed(name: string, by: Certificate, options?: { expired?: boolean }): Certificate
} {
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" })
  const read = (name: string): Certificate => {
    const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
    return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8"), certFile, keyFile }
  }
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  return {
    authority(name) {
      openssl(
        "req",
        "-x509",
        ...newKey,
        "-subj",
        `/CN=${name}`,
        "-days",
        "2",
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.crt`,
      )
      return read(name)
    },
    signed(name, by, { expired = false } = {}) {
      openssl("req", ...newKey, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`)
      writeFileSync(join(folder, `${name}.ext`), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
      openssl(
        ...["x509", "-req", "-in", `${name}.csr`, "-CA", by.certFile, "-CAkey", by.keyFile, "-CAcreateserial"],
        // Not valid any more on the very day on which it was made.
        ...["-days", expired ? "-1" : "2", "-extfile", `${name}.ext`, "-out", `${name}.crt`],
      )
      return read(name)
    },
  }
}
