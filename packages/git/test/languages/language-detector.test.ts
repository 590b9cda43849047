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
    ["script.R", "R"],
    ["index.html", "HTML"],
    ["notes.txt", "Text"],
    ["ls.1", "Roff Manpage"],
    ["lib.h", "C"],
    ["MAIN.PY", "Python"],
    ["app.config.js", "JavaScript"],
    [".ts", "TypeScript"],
  ])("by its name alone, %s, is %s", (path, name) => {
    expect(detector.detect(path)?.name).toBe(name)
  })

  test.each([
    ["run", "#!/bin/sh\n", "Shell"],
    ["run", "#!/usr/bin/env python3.12\n", "Python"],
    ["run", "#!/usr/bin/env -S node --flag\n", "JavaScript"],
    ["run", "#!/usr/bin/env -S LC_ALL=C awk -f\n", "Awk"],
    ["run", "#! /usr/bin/perl -w\n", "Perl"],
    ["run", '#!/bin/sh\nexec ruby "$0" "$@"\n', "Ruby"],
    ["run", "#!/usr/bin/env deno\n", "TypeScript"],
    ["tool.txt", "#!/usr/bin/env ruby\n", "Ruby"],
  ])("%s that begins with %j is %s by its first line", (path, content, name) => {
    expect(detector.detect(path, Buffer.from(content))?.name).toBe(name)
  })

  test.each([
    // A modeline goes before the name, the name before the first line, the first line before the extension.
    ["Makefile", "# -*- mode: ruby -*-\n", "Ruby"],
    ["Rakefile", "#!/usr/bin/env python\n", "Ruby"],
    ["a.py", "#!/usr/bin/env node\n", "JavaScript"],
    // An XML declaration is looked for only where nothing else has said anything, and then the name of a manual page.
    ["layout.unknown", '<?xml version="1.0"?>\n', "XML"],
    ["a.svg", '<?xml version="1.0"?>\n', "SVG"],
    ["printf.3posix", ".TH X\n", "Roff Manpage"],
    ["printf.33", ".TH X\n", undefined],
    // A modeline that names nothing that is known is none.
    ["a.py", "# -*- mode: nonsense -*-\n", "Python"],
  ])("%s with %j is %s", (path, content, name) => {
    expect(detector.detect(path, Buffer.from(content))?.name).toBe(name)
  })

  test("is unknown where nothing tells", () => {
    expect(detector.detect("data.unknown-thing")).toBeUndefined()
    expect(detector.detect("dir.ts/file")).toBeUndefined()
    expect(detector.detect("image.png")).toBeUndefined()
    expect(detector.detect("run", Buffer.from("plain text"))).toBeUndefined()
    expect(detector.detect("run", Buffer.from("#!/usr/bin/osascript -l JavaScript\n"))).toBeUndefined()
  })

  test("has a type, a colour and the language that it counts as", () => {
    expect(detector.detect("a.py")).toEqual({
      ...{ name: "Python", type: "programming", color: "#3572A5", group: "Python" },
    })
    expect(detector.detect("a.tsx")).toMatchObject({ name: "TSX", group: "TypeScript" })
  })

  test("is found by its name, with dashes for spaces, and its aliases", () => {
    expect(detector.find("C++")?.name).toBe("C++")
    expect(detector.find("CPP")?.name).toBe("C++")
    expect(detector.find("emacs-lisp")?.name).toBe("Emacs Lisp")
    expect(detector.find("no such language")).toBeUndefined()
  })
})

describe("a modeline", () => {
  const inTheMiddle = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
  test.each([
    ["# -*- mode: ruby -*-\n", "Ruby"],
    ["// -*- C++ -*-\n", "C++"],
    ["/* -*- tab-width: 4; Mode: perl; -*- */\n", "Perl"],
    ["-*-mode:ruby-*-\n", "Ruby"],
    [`${inTheMiddle}# vim: set ft=python :\n`, "Python"],
    ["/* vi: ts=4 filetype=perl */\n", "Perl"],
    ["# vim: noexpandtab: ft=ruby\n", "Ruby"],
    ["# vim<700: syntax=ruby\n", "Ruby"],
    ["# vim: titlestring=a\\ ft=perl ft = ruby\n", undefined],
    ["# vim: titlestring=a\\ ft=perl ft =ruby\n", "Ruby"],
    ["# vim: titlestring=a\\ ft=perl ts=4\n", undefined],
    ["# ex: ft=c ft=ruby\n", "Ruby"],
    // Those for Emacs go first.
    ["# vim: ft=python\n# -*- ruby -*-\n", "Ruby"],
    ["# vim: set ft=python\n", undefined],
    ["no mode here: ft of nothing\n", undefined],
    ["lex: ft=python\n", undefined],
    ["# vim: not-an-option ft=python\n", undefined],
    [`${inTheMiddle}# vim: ft=python\n${inTheMiddle}`, undefined],
    ["# -*- ruby\n", undefined],
    ['" Vimball Archiver\nUseVimball\n" vim: ft=python\n', undefined],
    [`${"x ".repeat(1_000)} vim: ft=python\n`, undefined],
  ])("in %j is for %s", (content, language) => {
    expect(detector.detect("unknown-name", Buffer.from(content))?.name).toBe(language)
  })
})
