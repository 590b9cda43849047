import { createHash, randomUUID } from "node:crypto"
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { askpassScript } from "./askpass.js"
import { hardConfig } from "./hard-config.js"
import type { HardConfigOptions } from "./hard-config.js"

export type ObjectFormat = "sha1" | "sha256"

/** The tree without entries. Git knows it even where nobody stored it. */
export const emptyTree: Readonly<Record<ObjectFormat, string>> = {
  sha1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  sha256: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

/** The files that git reads instead of anything of the user's or the system's. */
export interface GitFiles {
  config: string
  askpass: string
  /** An empty folder: HOME and working folder of every git process. */
  home: string
}

/**
 * Writes the files into a folder of mode 0700 below `folder`. The folder's name says what is in it, so processes that
 * share `folder` share the files, and two versions of this package do not overwrite each other's.
 */
export function writeGitFiles(folder: string, options: HardConfigOptions): GitFiles {
  const config = hardConfig(options)
  const name = createHash("sha256").update(config).update(askpassScript).digest("hex").slice(0, 16)
  const home = join(folder, name, "home")
  // One level at a time: where nothing can be made, as in /proc, Node's recursive way never ends.
  for (const part of [folder, join(folder, name), home]) makeOnce(part)
  chmodSync(join(folder, name), 0o700)
  const files = { config: join(folder, name, "hard.gitconfig"), askpass: join(folder, name, "askpass"), home }
  writeOnce(files.config, config, 0o400)
  writeOnce(files.askpass, askpassScript, 0o500)
  return files
}

function makeOnce(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/** A rename puts the whole file in place at once: another process may be reading it already. */
function writeOnce(file: string, content: string, mode: number): void {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return
  const unfinished = `${file}.${randomUUID()}`
  writeFileSync(unfinished, content, { mode })
  renameSync(unfinished, file)
}

export interface EnvironmentOptions {
  gitFile: string
  files: GitFiles
  /** The protocols of this one command; none for a command that needs no remote. */
  protocol?: "https" | "http" | "file"
  /** The format of the repository that is read. Without it no repository is (attributes are not switched off). */
  objectFormat?: ObjectFormat
  passwordPrompt?: string
  passwordFile?: string
  proxyPrompt?: string
  proxyFile?: string
}

/**
 * The complete environment of a git process; nothing of our own is inherited. An inherited GIT_DIR, GIT_EXTERNAL_DIFF
 * or LD_PRELOAD would let whoever started the service, or a job before, decide what git runs.
 */
export function gitEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { files } = options
  const environment: Record<string, string> = {
    PATH: [dirname(options.gitFile), ...(process.platform === "win32" ? [] : ["/usr/bin", "/bin"])].join(delimiter),
    HOME: files.home,
    XDG_CONFIG_HOME: files.home,
    LC_ALL: "C.UTF-8",
    LANGUAGE: "",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: files.config,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: files.askpass,
    SSH_ASKPASS: files.askpass,
    GCM_INTERACTIVE: "Never",
    GIT_SSH_COMMAND: "false",
    GIT_ALLOW_PROTOCOL: options.protocol ?? "none",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    // Git unpacks and frees thousands of files of some hundred kilobytes. By itself the C library of most Linux systems gives the
    // memory of each back to the kernel and asks for it again, which takes a quarter of git's time. These keep some of it.
    MALLOC_MMAP_THRESHOLD_: `${4 * 1024 ** 2}`,
    MALLOC_TRIM_THRESHOLD_: `${64 * 1024 ** 2}`,
    MALLOC_TOP_PAD_: `${4 * 1024 ** 2}`,
    // Commands without a repository run in `home`; they must not find one in a folder above it.
    GIT_CEILING_DIRECTORIES: ["/", dirname(files.home)].join(delimiter),
  }
  if (options.objectFormat !== undefined) environment["GIT_ATTR_SOURCE"] = emptyTree[options.objectFormat]
  if (options.passwordPrompt !== undefined) environment["ASSAY_PASSWORD_PROMPT"] = options.passwordPrompt
  if (options.passwordFile !== undefined) environment["ASSAY_PASSWORD_FILE"] = options.passwordFile
  if (options.proxyPrompt !== undefined) environment["ASSAY_PROXY_PROMPT"] = options.proxyPrompt
  if (options.proxyFile !== undefined) environment["ASSAY_PROXY_FILE"] = options.proxyFile
  for (const name of process.platform === "win32" ? ["SystemRoot", "TEMP", "TMP"] : []) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
