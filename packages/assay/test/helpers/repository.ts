import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** A repository of its own in `folder`, with a checkout, for the command to read. */
export interface TestRepository {
  readonly folder: string
  git(...args: string[]): string
  /** Writes the files and commits them. Dates grow by a day each. */
  commit(files: Readonly<Record<string, string>>, by?: string): void
}

export function createRepository(folder: string): TestRepository {
  mkdirSync(folder, { recursive: true })
  let day = 0
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", ...args], {
      stdio: "pipe",
      encoding: "utf8",
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", ...dates(day) },
    }).trim()
  git("init", "--quiet", "--initial-branch=main")
  return {
    folder,
    git,
    commit(files, by = "Ada <ada@example.org>") {
      day++
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), content)
      }
      git("add", "--all")
      git("commit", "--quiet", `--message=commit ${day}`, `--author=${by}`)
    },
  }
}

function dates(day: number): Record<string, string> {
  const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString()
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
}

/** Three people, five commits, four files. */
export function smallRepository(folder: string): TestRepository {
  const repository = createRepository(folder)
  repository.commit({ "README.md": "# Test\n", "src/a.ts": "const a = 1\n".repeat(20) })
  repository.commit({ "src/a.ts": "const a = 2\n".repeat(25) })
  repository.commit({ "src/b.py": "b = 1\n" }, "Ben <ben@example.org>")
  repository.commit({ "src/a.ts": "const a = 3\n".repeat(30) }, "Chloé <chloe@example.org>")
  repository.commit({ "notes.txt": "one\ntwo\n" })
  return repository
}

/** Many commits fast, so that reading them takes a while. */
export function largeRepository(folder: string, commits: number): TestRepository {
  const repository = createRepository(folder)
  const lines = ["blob", "mark :1", "data 2", "x\n"]
  for (let index = 1; index <= commits; index++) {
    const content = `line ${index}\n`.repeat(1 + (index % 40))
    lines.push(
      "commit refs/heads/main",
      `committer Person ${index % 17} <p${index % 17}@example.org> ${1_600_000_000 + index * 600} +0000`,
      "data 1",
      "m",
      `M 100644 inline src/file-${index % 300}.ts`,
      `data ${Buffer.byteLength(content)}`,
      content,
    )
  }
  execFileSync("git", ["-C", folder, "fast-import", "--quiet"], {
    input: `${lines.join("\n")}\n`,
    stdio: ["pipe", "pipe", "pipe"],
  })
  return repository
}
