import { beforeAll, describe, expect, test } from "vitest"
import { createLanguageDetector } from "../../src/languages/language-detector.js"
import type { LanguageDetector } from "../../src/languages/language-detector.js"

let detector: LanguageDetector
beforeAll(async () => {
  detector = await createLanguageDetector()
})

describe("the language of a file", () => {
  test.each([
    ["src/index.ts", "TypeScript"],
    ["a/b.tsx", "TSX"],
    ["main.rs", "Rust"],
    ["Makefile", "Makefile"],
    ["x/Dockerfile", "Dockerfile"],
    ["README.md", "Markdown"],
    ["package.json", "JSON"],
    ["ci.yml", "YAML"],
    ["query.sql", "SQL"],
    ["a.php", "PHP"],
    ["Program.cs", "C#"],
    ["main.m", "Objective-C"],
    ["script.R", "R"],
    ["index.html", "HTML"],
    ["notes.txt", "Text"],
    ["ls.1", "Roff Manpage"],
    ["lib.h", "C"],
    ["MAIN.PY", "Python"],
  ])("%s is %s", (path, name) => {
    expect(detector.detect(path)?.name).toBe(name)
  })

  test.each([
    ["run", "#!/bin/sh\n", "Shell"],
    ["run", "#!/usr/bin/env python3.12\n", "Python"],
    ["run", "#!/usr/bin/env -S node --flag\n", "JavaScript"],
    ["run", "#! /usr/bin/perl -w\n", "Perl"],
    ["tool.txt", "#!/usr/bin/env ruby\n", "Ruby"],
    ["a.h", "#pragma once\nnamespace x {\n", "C++"],
    ["a.h", "#include <stdio.h>\nint f(void);\n", "C"],
    ["a.h", "#import <Foundation/Foundation.h>\n", "Objective-C"],
  ])("%s that begins with %j is %s", (path, content, name) => {
    expect(detector.detect(path, Buffer.from(content))?.name).toBe(name)
  })

  test("is unknown where nothing tells", () => {
    expect(detector.detect("data.unknown-thing")).toBeUndefined()
    expect(detector.detect("dir.ts/file")).toBeUndefined()
    expect(detector.detect(".ts")).toBeUndefined()
    expect(detector.detect("image.png")).toBeUndefined()
    expect(detector.detect("run", Buffer.from("plain text"))).toBeUndefined()
  })

  test("has a type and a colour", () => {
    expect(detector.detect("a.py")).toEqual({ name: "Python", type: "programming", color: "#3572A5" })
  })

  test("needs the content only where the name does not settle it", () => {
    expect(detector.needsContent("a.py")).toBe(false)
    expect(detector.needsContent("Makefile")).toBe(false)
    expect(detector.needsContent("bin/run")).toBe(true)
    expect(detector.needsContent("a.h")).toBe(true)
  })
})
