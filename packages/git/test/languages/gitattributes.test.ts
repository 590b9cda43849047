import { expect, test } from "vitest"
import { describeFile } from "../../src/facts/describe-file.js"
import { createLanguageDetector } from "../../src/index.js"
import { parseGitattributes } from "../../src/languages/gitattributes.js"

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

test.each([
  ["# -*- mode: ruby -*-\n", "", "Ruby"],
  ["// -*- C++ -*-\n", "", "C++"],
  ["code\n", "# vim: set ft=python :\n", "Python"],
  ["/* vi: ts=4 filetype=perl */\n", "", "Perl"],
  ["no mode here: ft of nothing\n", "", undefined],
])("believes the modeline in %j and %j", (beginning, ending, language) => {
  expect(languages.detect("unknown-name", Buffer.from(beginning), Buffer.from(ending))?.name).toBe(language)
})
