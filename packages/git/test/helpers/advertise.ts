import type { IncomingMessage, ServerResponse } from "node:http"

/** One packet of git's protocol. */
export const packet = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes])
}

export interface Advertisement {
  refs: readonly (readonly [name: string, oid: string])[]
  /** What HEAD is said to be. Default: nothing is said. */
  head?: string
}

/**
 * Lets a server say that it has these refs, in the oldest version of git's protocol, whatever it really has; git asks
 * it for their objects as usual. To be used as `intercept`.
 */
export function advertise({
  refs,
  head,
}: Advertisement): (request: IncomingMessage, response: ServerResponse) => boolean {
  const abilities = [
    "side-band-64k",
    "ofs-delta",
    "no-done",
    "object-format=sha1",
    ...(head ? [`symref=HEAD:${head}`] : []),
  ]
  const answer = Buffer.concat([
    packet("# service=git-upload-pack\n"),
    Buffer.from("0000"),
    ...refs.map(([name, oid], index) => packet(`${oid} ${name}${index === 0 ? `\0${abilities.join(" ")}` : ""}\n`)),
    Buffer.from("0000"),
  ])
  return (request, response) => {
    delete request.headers["git-protocol"]
    if (request.method !== "GET") return false
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" }).end(answer)
    return true
  }
}
