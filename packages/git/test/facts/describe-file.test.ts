import { describe, expect, test } from "vitest"
import { exclusionOf } from "../../src/facts/file-category.js"
import { describeFile, largestText } from "../../src/facts/describe-file.js"
import { createLanguageDetector } from "../../src/index.js"
import { shortestTime } from "../helpers/shortest-time.js"

const languages = await createLanguageDetector()
const describeText = (content: string | Buffer, size?: number) => {
  const bytes = Buffer.from(content as string)
  const blob = { oid: "0".repeat(40), size: size ?? bytes.length, content: bytes }
  return describeFile({ path: "file.ts", oid: blob.oid, executable: false }, blob, { languages })
}

test.each([
  ["", 0],
  ["one", 1],
  ["one\n", 1],
  ["one\ntwo", 2],
  ["\n\n", 2],
  ["a\r\nb\r\n", 2],
])("counts the lines of %j as git does", (content, expected) => {
  expect(describeText(content)).toMatchObject({ text: { lines: expected }, language: "TypeScript", detectable: true })
})

test("takes for binary what git takes for binary: a NUL in the beginning, or a very large file", () => {
  expect(describeText("a\0b")).toMatchObject({ text: undefined, language: undefined, bytes: 3 })
  expect(describeText(Buffer.concat([Buffer.alloc(8000, "a"), Buffer.from("\0")]))).toMatchObject({
    text: { lines: 1 },
  })
  expect(describeText("cut off", largestText)).toMatchObject({ text: { lines: 1 } })
  expect(describeText("cut off", largestText + 1)).toMatchObject({ text: undefined, bytes: largestText + 1 })
})

describe("a file is", () => {
  const nothing = Buffer.alloc(0)
  test.each([
    ["vendored", "node_modules/a/b.js", "path: node_modules/"],
    ["vendored", "vendor/x.go", "path: vendor/"],
    ["vendored", "src/third_party/y.c", "path: third_party/"],
    ["vendored", "lib/jquery.min.js", "path: .min.js"],
    ["vendored", "dist/a.js", "path: dist/"],
    ["vendored", "types/a.d.ts", "path: .d.ts"],
    ["vendored", ".github/workflows/ci.yml", "path: .github/"],
    ["generated", "package-lock.json", "path: package-lock.json"],
    ["generated", "sub/yarn.lock", "path: yarn.lock"],
    ["generated", "go.sum", "path: go.sum"],
    ["generated", "app.JS.map", "path: .JS.map"],
    ["generated", "src/View.Designer.cs", "path: .Designer.cs"],
    ["documentation", "README.md", "path: README."],
    ["documentation", "docs/a.md", "path: docs/"],
    ["documentation", "LICENSE", "path: LICENSE"],
    ["documentation", "sub/CHANGELOG.md", "path: CHANGELOG."],
    ["documentation", "man/git.1", "path: man/"],
  ] as const)("%s by its path: %s", (what, path, reason) => {
    expect(exclusionOf(path, nothing)).toEqual({ what, reason })
  })

  test.each(["src/vendors-list.ts", "src/readmes.ts", "lib/distance.ts", "documents/a.ts", "src/lock.ts", "makefile"])(
    "none of them just because it looks like it: %s",
    (path) => expect(exclusionOf(path, nothing)).toBeUndefined(),
  )

  test("the first of them that applies", () => {
    expect(exclusionOf("docs/vendor/package-lock.json", nothing)).toMatchObject({ what: "vendored" })
    expect(exclusionOf("docs/package-lock.json", nothing)).toMatchObject({ what: "generated" })
  })

  test("told quickly, however long its path is", () => {
    for (const part of ["/", "extjs/", "vendor/a.", "bootstrap.", "d3", "-", "jquery", "select2/", "\n"]) {
      const path = part.repeat(4_096 / part.length)
      expect(
        shortestTime(() => exclusionOf(path, nothing)),
        part,
      ).toBeLessThan(500)
    }
  })
})

test.each([
  [
    "a\n  b\n\n    c\n\td\n\t  e",
    { lines: 6, sloc: 5, indentation: { sum: 3, mean: 0.6, sd: Math.sqrt(0.24), max: 1 } },
  ],
  ["        deep\n\t\t\tdeeper\n \t\r\n", { lines: 3, sloc: 2, indentation: { sum: 5, mean: 2.5, sd: 0.5, max: 3 } }],
  ["", { lines: 0, sloc: 0, indentation: { sum: 0, mean: 0, sd: 0, max: 0 } }],
])("measures how deeply %j is indented", (content, { lines, sloc, indentation }) => {
  const { text } = describeText(content)
  expect(text).toMatchObject({ lines, sloc, indentation: { sum: indentation.sum, max: indentation.max } })
  expect(text!.indentation.mean).toBeCloseTo(indentation.mean, 12)
  expect(text!.indentation.sd).toBeCloseTo(indentation.sd, 12)
})

test("knows a pointer to a file that Git LFS keeps elsewhere, which is in no language", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
  expect(describeText(pointer)).toMatchObject({ lfs: true, language: undefined, detectable: false })
  expect(describeText(`${pointer}${"x".repeat(1024)}`)).toMatchObject({ lfs: false, language: "TypeScript" })
  expect(describeText("let x")).toMatchObject({ lfs: false })
})
