import { readFileSync, readdirSync } from "node:fs"
import { dirname } from "node:path"
import { createMirrors } from "../../src/mirror/mirrors.js"
import type { Mirrors, MirrorsOptions } from "../../src/mirror/mirrors.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import type { RemoteUrl } from "../../src/remote/remote-url.js"
import { parseTrustedPrefixes } from "../../src/remote/trusted-prefix.js"
import type { TrustedPrefix } from "../../src/remote/trusted-prefix.js"
import { createRepository, lines, noise } from "./create-repository.js"
import type { TestRepository } from "./create-repository.js"
import { startGitServer } from "./git-server.js"
import type { GitServer, GitServerOptions } from "./git-server.js"
import { temporaryFolder } from "./temporary-folder.js"

export interface Serving extends AsyncDisposable {
  source: TestRepository
  server: GitServer
  /** Where the mirrors are. */
  root: string
  /** The operator trusts the server. */
  allow: TrustedPrefix[]
  mirrors(options?: Partial<MirrorsOptions>): Mirrors
  /** `/repository.git` of the server. */
  remote: RemoteUrl
}

export interface ServingOptions extends Partial<GitServerOptions> {
  /** The host name in the URL. Default: the address of the server itself. */
  hostname?: string
  source?: TestRepository
}

/** A repository, a server that serves it, and a folder for mirrors of it. */
export async function serving({ hostname, ...options }: ServingOptions = {}): Promise<Serving> {
  const source = options.source ?? (await someRepository())
  const folder = await temporaryFolder()
  const server = await startGitServer({ root: dirname(source.path), ...options })
  const origin = hostname === undefined ? server.origin : server.origin.replace("127.0.0.1", hostname)
  const allow = parseTrustedPrefixes(origin)
  return {
    source,
    server,
    root: folder.path,
    allow,
    remote: parseRemoteUrl(`${origin}/repository.git`, { allow }),
    mirrors: (more = {}) => createMirrors({ root: folder.path, allow, ...more }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function someRepository(): Promise<TestRepository> {
  const source = await createRepository()
  source.commit({ files: { "a.txt": lines(100), "b.bin": noise(300_000, 1) } })
  source.write()
  return source
}

/** What is not supposed to be there when nobody works on a mirror. */
export function leftovers(root: string): string[] {
  return [`${root}/quarantine`, `${root}/trash`, `${root}/locks`].flatMap((folder) => readdirSync(folder))
}

/** The content of every file below a folder. */
export function allFiles(root: string): string {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "latin1"))
    .join("\n")
}
