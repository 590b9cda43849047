import { expect, test } from "vitest"
import { describeFile } from "../../src/facts/describe-file.js"
import { createLanguageDetector } from "../../src/index.js"
import { parseGitattributes } from "../../src/languages/gitattributes.js"
import { shortestTime } from "../helpers/shortest-time.js"

const languages = await createLanguageDetector()

test("reads what .gitattributes say to linguist, the last rule of the deepest folder first", () => {
  const attributesOf = parseGitattributes(
    new Map([
      ["sub/.gitattributes", "*.js -linguist-vendored\n/only.ts linguist-generated=true\n"],
      [
        ".gitattributes",
        '# a comment\n*.js linguist-vendored text\n*.js diff=x\ndocs/** linguist-documentation=false\n"a b.c" linguist-language=C++\n**/deep/*.x linguist-detectable\n*.y !linguist-generated\nfolder/ linguist-vendored\n',
      ],
    ]),
  )
  expect(attributesOf("any/where/a.js")).toEqual({ vendored: true })
  expect(attributesOf("sub/below/a.js")).toEqual({ vendored: false })
  expect(attributesOf("sub/only.ts")).toEqual({ generated: true })
  expect(attributesOf("sub/below/only.ts")).toEqual({})
  expect(attributesOf("docs/a/b.md")).toEqual({ documentation: false })
  expect(attributesOf("x/a b.c")).toEqual({ language: "C++" })
  expect(attributesOf("one/two/deep/a.x")).toEqual({ detectable: true })
  expect(attributesOf("folder/a")).toEqual({})
})

test("lets them decide what a file is", () => {
  const attributesOf = parseGitattributes(
    new Map([
      [
        ".gitattributes",
        "*.h linguist-language=cpp\nvendor/** -linguist-vendored\n*.json linguist-detectable\n*.ts linguist-generated\n",
      ],
    ]),
  )
  const describe = (path: string): unknown => {
    const content = Buffer.from("one\n")
    return describeFile(
      { path, oid: "", executable: false },
      { oid: "", size: 4, content },
      { languages, attributesOf },
    )
  }
  expect(describe("a.h")).toMatchObject({ language: "C++" })
  expect(describe("vendor/a.c")).toMatchObject({ excluded: undefined, detectable: true })
  expect(describe("a.json")).toMatchObject({ language: "JSON", detectable: true })
  expect(describe("a.ts")).toMatchObject({
    excluded: { what: "generated", reason: ".gitattributes: linguist-generated" },
    detectable: false,
  })
})

test("takes a language that nobody knows for none, as linguist does", () => {
  const attributesOf = parseGitattributes(new Map([[".gitattributes", "*.py linguist-language=Nonsense\n"]]))
  const file = { path: "a.py", oid: "", executable: false }
  const blob = { oid: "", size: 4, content: Buffer.from("one\n") }
  expect(describeFile(file, blob, { languages, attributesOf })).toMatchObject({
    language: undefined,
    detectable: false,
  })
})

test.each([
  ["*.c", ["a.c", "x/y/a.c", ".c"], ["a.cc", "a.c/b"]],
  ["a?c", ["abc", "x/a.c"], ["ac", "a/c"]],
  ["a/*.c", ["a/b.c"], ["b.c", "a/b/c.c", "x/a/b.c"]],
  ["/*.c", ["a.c"], ["x/a.c"]],
  ["a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]],
  ["a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["a/bc", "c"]],
  ["**/c", ["c", "a/b/c"], ["a/bc"]],
  ["a**c", ["abbc", "ac"], ["a/c"]],
  ["*.[ch]", ["a.c", "a.h"], ["a.o", "a.[ch]"]],
  ["[a-c]x[!0-9]", ["axx", "cxy"], ["dxx", "ax1"]],
  ["[]x]", ["]", "x"], ["y", "[]x]"]],
  ["[z-a]", [], ["a", "m", "z"]],
  ["a[b", ["a[b"], ["ab"]],
  ["a\\*b", ["a*b"], ["axb"]],
  ["(a|b).+", ["(a|b).+"], ["a.x"]],
])("matches paths against the pattern %s", (pattern, matched, others) => {
  const attributesOf = parseGitattributes(new Map([[".gitattributes", `${pattern} linguist-vendored\n`]]))
  expect([...matched, ...others].filter((path) => attributesOf(path).vendored)).toEqual(matched)
})

test("is not held up by patterns that are made for it", () => {
  const patterns = ["*a".repeat(500), "**/".repeat(300), "**/*a".repeat(200), "[a-".repeat(300), "?*".repeat(400)]
  const rules = patterns.map((pattern) => `${pattern}b linguist-vendored\n`).join("")
  const attributesOf = parseGitattributes(new Map([[".gitattributes", rules]]))
  for (const path of ["a".repeat(2_000), "a/".repeat(1_000), "[a-".repeat(700)])
    expect(
      shortestTime(() => attributesOf(path)),
      path.slice(0, 9),
    ).toBeLessThan(1_000)
})
