import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { toRepositoryPath } from "../src/verification/repository-path.js"
import { verifySnippet } from "../src/verification/verify-snippet.js"
import { verifySnippets } from "../src/verification/verify-snippets.js"

const file = (text: string | Uint8Array, cutOff = false) => ({
  bytes: typeof text === "string" ? Buffer.from(text) : text,
  cutOff,
})
const verify = (text: string | Uint8Array, code: string | undefined, ...[lineStart, lineEnd]: (number | undefined)[]) =>
  verifySnippet({ code, lineStart, lineEnd }, file(text))

const source = "one\n  two\n  three\nfour\n"

describe("a snippet is verbatim", () => {
  test.each<[string, string, string, number, number | undefined]>([
    ["where it says it is", source, "  two\n  three", 2, 3],
    ["to the last line of a file", source, "four", 4, 4],
    ["to the last line of a file that ends without a line break", "one\ntwo", "two", 2, 2],
    ["with a line break at its end", source, "  two\n  three\n", 2, 3],
    ["with CRLF where the file has LF", source, "  two\r\n  three\r\n", 2, 3],
    ["with LF where the file has CRLF", source.replaceAll("\n", "\r\n"), "  two\n  three", 2, 3],
    ["without its last line named", source, "  two\n  three", 2, undefined],
    ["with emoji and accents", "é\n// 👩‍👩‍👧 naïve\nx\n", "// 👩‍👩‍👧 naïve", 2, 2],
    ["behind a byte order mark", "\uFEFFone\ntwo\n", "one", 1, 1],
    ["whole", source, source, 1, 4],
    ["with fences and braces in it", "```js\n{[,]}\n```\n", "```js\n{[,]}\n```", 1, 3],
  ])("%s", (_, ...[text, code, first, last]) => {
    expect(verify(text, code, first, last)).toEqual({ verification: "verbatim", remark: undefined })
  })

  test("whatever lines of whatever file it quotes", () => {
    const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, ""))
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (lines, from, length) => {
        const text = Buffer.from(`${lines.join("\n")}\n`).toString()
        const first = (from % lines.length) + 1
        const last = Math.min(lines.length, first + (length % lines.length))
        const code = text
          .replace(/^\uFEFF/, "")
          .split("\n")
          .slice(first - 1, last)
          .join("\n")
        expect(verify(text, code, first, last).verification).toBe("verbatim")
      }),
    )
  })
})

describe("a snippet differs", () => {
  test.each<[string, string, number, number, string]>([
    ["when it stands elsewhere", "  two\n  three", 1, 2, "The text is at lines 2 to 3."],
    ["when it stands elsewhere, in one line", "four", 1, 1, "The text is at line 4."],
    ["when more lines are named than it has", "  two", 2, 3, "The text is at line 2."],
    ["when it stands elsewhere, and the file ends sooner", "four", 40, 40, "The text is at line 4."],
    ["when only its indentation is other", "two\nthree", 2, 3, "Only the indentation is different."],
    ["when its indentation is deeper", "\t\ttwo\n\t\tthree", 2, 3, "Only the indentation is different."],
    ["when not all of its lines moved as far", "two\n three", 2, 3, "Lines 2 to 3 say something else."],
    ["when it says something else", "zwei", 2, 2, "Line 2 says something else."],
    ["when a space is missing at the end of a line", "  two \n  three", 2, 3, "Lines 2 to 3 say something else."],
    ["when it is a part of a line", "wo", 2, 2, "Line 2 says something else."],
    ["when something is left out", "one\nfour", 1, 4, "Lines 1 to 4 say something else."],
  ])("%s", (_, ...[code, first, last, remark]) => {
    expect(verify(source, code, first, last)).toEqual({ verification: "differs", remark })
  })

  test("when the file is binary, though not where it is the same", () => {
    const bytes = Uint8Array.from([0, 255, 254, 10, 65, 10])
    expect(verify(bytes, "B", 2, 2)).toEqual({ verification: "differs", remark: "The file is binary." })
    expect(verify(bytes, "A", 2, 2).verification).toBe("verbatim")
  })
})

test("a snippet is missing where there is no file, or it has fewer lines", () => {
  expect(verifySnippet({ code: "x", lineStart: 1, lineEnd: 1 }, undefined)).toEqual({
    verification: "missing",
    remark: "There is no such file at that commit.",
  })
  expect(verify(source, "x", 4, 5)).toEqual({ verification: "missing", remark: "The file has 4 lines only." })
  expect(verify("x", "y", 2, 2)).toEqual({ verification: "missing", remark: "The file has 1 line only." })
  expect(verify("", "y", 1, 1)).toEqual({ verification: "missing", remark: "The file has 0 lines only." })
})

test.each<[string, string | undefined, number | undefined, number | undefined, string]>([
  ["no code", undefined, 1, 1, "The answer shows no code for it."],
  ["no lines", "one", undefined, undefined, "The answer names no lines."],
  ["lines that go backwards", "one", 3, 2, "There are no lines 3 to 2."],
])("a snippet with %s is left unchecked", (_, ...[code, first, last, remark]) => {
  expect(verify(source, code, first, last)).toEqual({ verification: "unchecked", remark })
})

test("a file of 10 MB is looked through, and one that was cut off is not believed", () => {
  const line = "const value = compute()\n"
  const large = line.repeat(Math.ceil((10 << 20) / line.length)) + "the end\n"
  const last = large.split("\n").length - 1
  const begun = performance.now()
  expect(verify(large, "the end", last, last).verification).toBe("verbatim")
  expect(verify(large, "the end", 1, 1).remark).toBe(`The text is at line ${last}.`)
  expect(verify(large, "not there", 1, 1).verification).toBe("differs")
  expect(performance.now() - begun).toBeLessThan(5_000)

  const cut = file("one\ntwo\nthr", true)
  expect(verifySnippet({ code: "two", lineStart: 2, lineEnd: 2 }, cut).verification).toBe("verbatim")
  expect(verifySnippet({ code: "thr", lineStart: 3, lineEnd: 3 }, { ...cut }).verification).not.toBe("verbatim")
  expect(verifySnippet({ code: "ten", lineStart: 10, lineEnd: 10 }, cut)).toMatchObject({ verification: "unchecked" })
})

test.each([
  ["src/app.ts", "src/app.ts"],
  ["./src/app.ts", "src/app.ts"],
  ["/src/app.ts", "src/app.ts"],
  ["src//app.ts", "src/app.ts"],
  ["src/lib/../app.ts", "src/app.ts"],
  [" src/app.ts ", "src/app.ts"],
  ["../app.ts", undefined],
  ["src/../../etc/passwd", undefined],
  [".git/config", undefined],
  ["/", undefined],
  ["", undefined],
  ["a\0b", undefined],
  ["a:b", "a:b"],
  ["-x", "-x"],
])("the path %j is %j in the repository", (given, path) => {
  expect(toRepositoryPath(given)).toBe(path)
})

test("a path that is longer than any is none", () => expect(toRepositoryPath("x".repeat(5_000))).toBeUndefined())

test("each file is read once, and none for what leads out of the repository", async () => {
  const snippet = { nodeId: "n", tags: [], description: undefined, lineStart: 1, lineEnd: 1 }
  const asked: (readonly string[])[] = []
  const verified = await verifySnippets(
    [
      { ...snippet, filePath: "a.ts", code: "a" },
      { ...snippet, filePath: "./a.ts", code: "b" },
      { ...snippet, filePath: "../secret", code: "c" },
      { ...snippet, filePath: undefined, code: "d" },
      { ...snippet, filePath: "e.ts", code: undefined },
      ...Array.from({ length: 20 }, (_, index) => ({ ...snippet, filePath: `f${index}`, code: "f" })),
    ],
    async (paths) => {
      asked.push(paths)
      return new Map(paths.map((path) => [path, path === "a.ts" ? file("a\n") : undefined]))
    },
  )
  expect(asked.flat()).toEqual(["a.ts", ...Array.from({ length: 20 }, (_, index) => `f${index}`)])
  expect(Math.max(...asked.map(({ length }) => length))).toBeLessThanOrEqual(8)
  expect(verified.slice(0, 6).map(({ verification }) => verification)).toEqual([
    ...["verbatim", "differs", "missing", "unchecked", "unchecked", "missing"],
  ])
})
