import { GitError } from "../errors.js"
import { decodePath } from "./path-text.js"
import { createFieldSplitter, parseDigits } from "./split-fields.js"

/** One path of a tree, folders left out. */
export interface TreeEntry {
  path: string
  kind:
    | "file"
    | "executable"
    | "symlink"
    /** A commit of another repository. */
    | "submodule"
  oid: string
  /** Bytes; 0 for a submodule. */
  size: number
}

const kinds: Readonly<Record<string, TreeEntry["kind"]>> = {
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "symlink",
  "160000": "submodule",
}

/** The options under which the parser understands `git ls-tree`. */
export const lsTreeOptions: readonly string[] = ["-r", "-z", "-l", "--full-tree"]

export interface LsTreeParser {
  push(chunk: Buffer): TreeEntry[]
  end(): void
}

/** Understands `mode SP type SP oid SP+ size TAB path NUL`. */
export function createLsTreeParser(): LsTreeParser {
  const splitter = createFieldSplitter()
  return {
    push(chunk) {
      const entries: TreeEntry[] = []
      splitter.push(chunk, (buffer, start, end) => {
        const tab = buffer.indexOf(9, start)
        const [mode = "", , oid, size = ""] = buffer.toString("latin1", start, tab).split(/ +/)
        const kind = kinds[mode]
        if (tab === -1 || tab > end || kind === undefined || oid === undefined) {
          throw new GitError("GIT_FAILED", "Git lists the files of a commit in an unknown way.", { retryable: false })
        }
        entries.push({
          path: decodePath(buffer.subarray(tab + 1, end)),
          kind,
          oid,
          size: size === "-" ? 0 : Number(size),
        })
      })
      return entries
    },
    end: () => splitter.end(),
  }
}

/** The lines of one file. */
export interface FileLines {
  path: string
  /** A last line without a newline counts. `null` for a binary file. */
  lines: number | null
}

export interface LinesParser {
  push(chunk: Buffer): FileLines[]
  end(): void
}

/** Understands the `added TAB deleted TAB path NUL` of a comparison with the empty tree. */
export function createLinesParser(): LinesParser {
  const splitter = createFieldSplitter()
  return {
    push(chunk) {
      const files: FileLines[] = []
      splitter.push(chunk, (buffer, start, end) => {
        const first = buffer.indexOf(9, start)
        const second = buffer.indexOf(9, first + 1)
        const binary = buffer[start] === 45
        files.push({
          path: decodePath(buffer.subarray(second + 1, end)),
          lines: binary ? null : parseDigits(buffer, start, first),
        })
      })
      return files
    },
    end: () => splitter.end(),
  }
}
