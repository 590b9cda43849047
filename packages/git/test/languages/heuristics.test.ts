import { describe, expect, test } from "vitest"
import { heuristics } from "../../src/languages/heuristic-rules.js"
import { createLanguageDetector } from "../../src/languages/language-detector.js"
import { loadLanguageTable } from "../../src/languages/language-table.js"
import { shortestTime } from "../helpers/shortest-time.js"

const detector = await createLanguageDetector()
const detect = (path: string, content: string): string | undefined => detector.detect(path, Buffer.from(content))?.name

describe("languages that share an extension are told apart by the text", () => {
  test.each([
    ["a.h", "#pragma once\nnamespace x {\n", "C++"],
    ["a.h", "#include <stdio.h>\nint f(void);\n", "C"],
    ["a.h", "#import <Foundation/Foundation.h>\n", "Objective-C"],
    ["a.h", "class A {\r\npublic:\r\n};\r\n", "C++"],
    ["a.m", "@interface A : NSObject\n@end\n", "Objective-C"],
    ["a.m", "% computes things\nx = 1;\n", "MATLAB"],
    ["a.m", "x = 1;\n", "MATLAB"],
    ["a.m", "(* a comment *)\nf[x_] := x\n", "Wolfram Language"],
    ["a.pl", "use strict;\n", "Perl"],
    ["a.pl", "parent(a, b).\nchild(X) :- parent(_, X).\n", "Prolog"],
    ["a.pl", "use v6;\nmodule A;\n", "Raku"],
    ["a.ts", "export const a = 1\n", "TypeScript"],
    ["a.ts", '<?xml version="1.0"?>\n<TS version="2.1">\n', "XML"],
    ["a.v", "module counter(input clk);\n", "Verilog"],
    ["a.v", "Require Import List.\n", "Rocq Prover"],
    ["a.sql", "SELECT 1;\n", "SQL"],
    ["a.sql", "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; END $$ LANGUAGE plpgsql;\n", "PLpgSQL"],
    ["a.d", "module a.b;\n", "D"],
    ["a.d", "out/a.o: src/a.c \\\n  src/b.h\n", "Makefile"],
    ["a.fs", "module A\nlet x = 1\n", "F#"],
    ["a.fs", "#version 330\nvoid main() {}\n", "GLSL"],
    ["a.cls", "\\ProvidesClass{a}\n", "TeX"],
    ["a.cls", "public class A {}\n", "Apex"],
    ["a.inc", "<?php\n", "PHP"],
    ["a.1", ".TH A 1\n.SH NAME\n", "Roff Manpage"],
    ["a.1", "nothing of that kind\n", "Text"],
    ["a.sol", "pragma solidity ^0.8.0;\n", "Solidity"],
    ["a.url", "[InternetShortcut]\nURL=https://example.org\n", "INI"],
    ["a.txt", "127.0.0.1 localhost\n", "Hosts File"],
    ["a.txt", "version 1.2.3.4 of it\n", "Text"],
    ["a.txt", "[Adblock Plus 2.0]\n", "Adblock Filter List"],
    ["a.json", '{ "openapi": "3.0.1" }\n', "OASv3-json"],
    ["a.yaml", "a:\n  b: 1\n", "YAML"],
    ["a.properties", "# a comment\nkey=value\n", "Java Properties"],
    ["a.properties", "[section]\nkey=value\n", "INI"],
    ["a.al", "codeunit 50100 MyCodeunit\n", "AL"],
    ["a.al", "package Foo;\n# Table of contents\n", "Perl"],
    // A generic extension: without a sign it is nothing.
    ["a.app", "no sign\n", undefined],
  ])("%s with %j is %s", (path, content, language) => {
    expect(detect(path, content)).toBe(language)
  })

  test("by its first 50 KiB", () => {
    const before = "int f(void);\n".repeat((50 * 1_024) / 13)
    expect(detect("a.h", `class A {};\n${before}`)).toBe("C++")
    expect(detect("a.h", `${before}${before}class A {};\n`)).toBe("C")
  })

  test("and all that are told apart are known", async () => {
    const { byName } = await loadLanguageTable()
    const names = heuristics.flatMap(({ rules }) => rules.flatMap(({ languages }) => languages))
    expect(names.filter((name) => !byName.has(name))).toEqual([])
  })
})

describe("no text takes a pattern long", () => {
  const length = 50 * 1_024
  const patterns = heuristics.flatMap(({ extensions, rules }) =>
    rules.flatMap(({ conditions }) =>
      conditions.flatMap((condition) => {
        const those = condition instanceof RegExp ? condition : "none" in condition ? condition.none : condition
        return [those].flat().map((pattern) => [extensions[0]!, pattern] as const)
      }),
    ),
  )
  const repeated = (part: string): string => part.repeat(length / part.length)
  const runs = [
    " ",
    "\n",
    "\t",
    "\r\n",
    "a",
    "0",
    "(",
    "{",
    "[",
    "<",
    "!",
    ":",
    "a ",
    "a\n",
    "a.",
    "a:",
    "a,\n",
    "a(",
    "a a(){",
  ]

  /** Words of the pattern, which get a search past its beginning. */
  const wordsOf = ({ source }: RegExp): string[] => [
    ...new Set(source.replace(/\\[a-z]|\[[^\]]*\]/gi, " ").match(/[\w#%@<"*/:({!-]{2,}/g)),
  ]

  const hostileTo = (pattern: RegExp): string[] => [
    ...runs.map(repeated),
    ...wordsOf(pattern).flatMap((word) => [
      ...runs.slice(0, 8).map((run) => word + repeated(run)),
      ...[" a", "\n", " a(", "(a {", "\na "].map((run) => repeated(word + run)),
    ]),
  ]

  test.each([...new Set(patterns.map(([extension]) => extension))])("of %s", (extension) => {
    for (const [, pattern] of patterns.filter(([of]) => of === extension)) {
      for (const text of hostileTo(pattern)) {
        expect(
          shortestTime(() => pattern.test(text)),
          `${pattern.source} and ${JSON.stringify(text.slice(0, 40))}`,
        ).toBeLessThan(750)
      }
    }
  })
})
