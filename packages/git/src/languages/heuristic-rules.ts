import {
  cpp,
  euphoria,
  fortran,
  freebasic,
  gsc,
  json,
  keyEqualsValue,
  m68k,
  manHeading,
  manTitle,
  mdocDate,
  mdocHeading,
  mdocTitle,
  objectivec,
  perl,
  quickbasic,
  raku,
  ucode,
  vbClass,
  vbForm,
  vbModule,
  vba,
  yaml,
  hostsLine,
  adblockHeader,
  alObject,
} from "./heuristic-patterns.js"
import { rule } from "./heuristic-rule.js"
import type { Heuristic } from "./heuristic-rule.js"

// Data of github-linguist after 9.6.0 (commit b45dbe9b2 of 2026-08-20), lib/linguist/heuristics.yml:
// https://github.com/github-linguist/linguist
// Copyright (c) 2017 GitHub, Inc., MIT License: see NOTICE. How the patterns are rewritten is said in heuristic-patterns.ts.

export const heuristics: readonly Heuristic[] = [
  {
    extensions: [".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"],
    rules: [
      rule("Roff Manpage", mdocDate, mdocTitle, mdocHeading),
      rule("Roff Manpage", manTitle, manHeading),
      rule("Roff", /^\.(?:[A-Za-z]{2}(?:\s|$)|\\")/m),
      rule("Text"),
    ],
  },
  {
    extensions: [".1in", ".1m", ".1x", ".3in", ".3m", ".3p", ".3pm", ".3qt", ".3x", ".man", ".mdoc"],
    rules: [
      rule("Roff Manpage", mdocDate, mdocTitle, mdocHeading),
      rule("Roff Manpage", manTitle, manHeading),
      rule("Roff"),
    ],
  },
  {
    extensions: [".action"],
    rules: [
      rule("ROS Interface", /^[a-z]\w*(?:\/[a-z]\w*)?(?:<=\d+)?(?:\[(?:<=\d+)?\])?\s+\w+\b/im, /^---\s*$/m, {
        none: /^[^\S\r\n]*[^\s@#\w-]/m,
      }),
    ],
  },
  {
    extensions: [".al"],
    rules: [
      rule("AL", [
        alObject,
        /(?:(?<![^])\W{0,3}|^)[^\S\r\n]*dotnet\s*$/im,
        /(?:(?<![^])\W{0,3}|^)[^\S\r\n]*(?:namespace|using)\s+[\w.]+\s*;/im,
      ]),
      rule("Perl"),
    ],
  },
  {
    extensions: [".alg"],
    rules: [
      rule("ALGOL", [
        /^comment\b.*(;|comment)/im,
        /^#[^#\r\n]+#$/m,
        /\b(integer|real|boolean|string)\b\s+\w+\s*:=\s*/i,
      ]),
      rule("ALGOL", /^begin/im, /^end/im),
    ],
  },
  {
    extensions: [".app"],
    rules: [
      rule(
        "Erlang",
        /^\{\s*(?:application|'application')\s*,\s*(?:[a-z][\w@]*|'[^']+')\s*,\s*\[/m,
        /\]\s*\}\.[ \t]*$/m,
      ),
    ],
  },
  {
    extensions: [".as"],
    rules: [
      rule("ActionScript", [
        /^[^\S\r\n]*(?:package(?:\s+[\w.]+)?\s+(?:\{|$)|import\s+[\w.*]+\s*;|(?:intrinsic\s+class|class\s+extends)\s+[\w<>.])/m,
        /^[^\S\r\n]*(?:(?:public|protected|private|static)\s+){0,4}(?:var|const|local)\s+\w+\s*:\s*[\w<>.]+(?:\s*=.*;|\s*;)/m,
        /^[^\S\r\n]*(?:(?:public|protected|private|static)\s+){0,4}function\s+\w+\s*\((?:\s*\w+\s*:\s*[\w<>.]+\s*(?:,\s*\w+\s*:\s*[\w<>.]+\s*)*)?\)/m,
      ]),
    ],
  },
  {
    extensions: [".asc"],
    rules: [
      rule("Public Key", /^(----[- ]BEGIN|ssh-(rsa|dss)) /m),
      rule("AsciiDoc", /^[=-]+\s|\{\{[A-Za-z]/m),
      rule(
        "AGS Script",
        /^(?:\/\/.|(?:(?:import|export)\s+)?(?:function|int|float|char)\s+(?:(?:room|repeatedly|on|game)_)?[A-Za-z]\w+\s*[;(])/m,
      ),
    ],
  },
  { extensions: [".asm"], rules: [rule("Assembly", /mov\s+[^\s]{2,},/i), rule("Motorola 68K Assembly", m68k)] },
  { extensions: [".asy"], rules: [rule("LTspice Symbol", /^SymbolType[ \t]/m), rule("Asymptote")] },
  {
    extensions: [".b"],
    rules: [
      rule("B", /^[^\S\r\n]*(?:extrn|auto|goto)\b/m),
      rule("Brainfuck", /(>\+>|>\+<)/),
      rule("Limbo", /(?:^\w+\s*:\s*module\s*\{)|(implement \w+;)/m),
    ],
  },
  {
    extensions: [".bas"],
    rules: [
      rule("B4X", /^\W{0,3}(?:.*(?:\r?\n|\r)){0,9}B4[JARi]=true/),
      rule("FreeBASIC", freebasic),
      rule("FreeBASIC", /^[ \t]*return /im, { none: /gosub /i }),
      rule("BASIC", /^\s*\d/),
      rule("QuickBASIC", quickbasic),
      rule("VBA", vba),
      rule("Visual Basic 6.0", vbModule),
    ],
  },
  {
    extensions: [".bb"],
    rules: [
      rule("BlitzBasic", /End Function/),
      rule("BitBake", /^(# |include|require|inherit)\b/m),
      rule("Clojure", /\((def|defn|defmacro|let)\s/),
    ],
  },
  {
    extensions: [".bf"],
    rules: [
      rule("Beef", /^[^\S\r\n]*using\s+(System|Beefy)(\.(.*))?;\s*$/m),
      rule("HyPhy", [/^[^\S\r\n]*#include\s+".*";\s*$/m, /\sfprintf\s*\(/]),
      rule("Brainfuck", /(>\+>|>\+<)/),
    ],
  },
  {
    extensions: [".bi"],
    rules: [
      rule("FreeBASIC", freebasic),
      rule("FreeBASIC", /^[ \t]*return /im, { none: /gosub /i }),
      rule("QuickBASIC", quickbasic),
    ],
  },
  {
    extensions: [".bs"],
    rules: [
      rule("Bikeshed", /^<[pP][rR][eE]\s+[cC][lL][aA][sS][sS]\s*=\s*(?:'|"|\b)metadata\b[^>\r\n]*>/m),
      rule("BrighterScript", [
        /^[^\S\r\n]*sub\s*\w+\(.*?\)|:\s*sub\(.{0,300}\)$/im,
        /^[^\S\r\n]*(end\ssub)$/im,
        /^[^\S\r\n]*function\s*\w+\([^\r\n)]*\)\s*as|:\s*function\([^\r\n)]{0,300}\)\s*as\s*\w*$/im,
        /^[^\S\r\n]*(end\sfunction)$/im,
      ]),
      rule("Bluespec BH", /^package\s+[A-Za-z_][A-Za-z0-9_']*(?:\s*\(|\s+where)/m),
    ],
  },
  { extensions: [".bst"], rules: [rule("BibTeX Style", /ENTRY\s*\{/), rule("BuildStream")] },
  { extensions: [".builds"], rules: [rule("XML", /^[^\S\r\n]*(?:<Project|<Import|<Property|<?xml|xmlns)/im)] },
  {
    extensions: [".cairo"],
    rules: [
      rule(
        "Cairo Zero",
        /^[^\S\r\n]*(?:%lang\s+\w|%builtins\s[\w\s]*$|from\s+starkware\.(?:cairo|starknet)\.[\w.\s]{1,300}?import)|,\s*ap\+\+;$|;\s*ap\+\+$/m,
      ),
      rule("Cairo"),
    ],
  },
  {
    extensions: [".ch"],
    rules: [
      rule(
        "xBase",
        /^[^\S\r\n]*#\s*(?:if|ifdef|ifndef|define|command|xcommand|translate|xtranslate|include|pragma|undef)\b/im,
      ),
    ],
  },
  {
    extensions: [".cl"],
    rules: [
      rule("Common Lisp", /^[^\S\r\n]*\((?:defun|in-package|defpackage) /im),
      rule("Cool", /^class/m),
      rule("OpenCL", /\/\* |\/\/ |^\}/m),
    ],
  },
  {
    extensions: [".cls"],
    rules: [
      rule("Visual Basic 6.0", vbClass, /^[^\S\r\n]*BEGIN(?:\r?\n|\r)\s*MultiUse\s*=.*(?:\r?\n|\r)\s*Persistable\s*=/m),
      rule("VBA", vbClass),
      rule("TeX", /^[^\S\r\n]*\\(?:NeedsTeXFormat|ProvidesClass)\{/m),
      rule("ObjectScript", /^Class\s/m),
      rule("OpenEdge ABL", /^[^\S\r\n]*(?:end\s+(?:class|interface)\.|(?:class|interface)\s+[a-z_][a-z0-9_#$%&-]*:)/im),
    ],
  },
  { extensions: [".cmp"], rules: [rule("Gerber Image", /^[DGMT][0-9]{2}\*(?:\r?\n|\r)/m)] },
  {
    extensions: [".container", ".mount", ".network", ".service", ".socket", ".target", ".timer"],
    rules: [rule("INI", /^[#\t\f\v ]*\[[^\]]{1,500}\]\s*$/m, keyEqualsValue, { none: /^[^#;=[\r\n]+[^ \r\n=]$/m })],
  },
  {
    extensions: [".cs"],
    rules: [
      rule("Smalltalk", /![\w\s]+methodsFor: /),
      rule("C#", /^[^\S\r\n]*(?:using\s+[A-Z][\s\w.]{1,300};|namespace\s*[\w.]+\s*[{;]|\/\/)/m),
    ],
  },
  { extensions: [".csc"], rules: [rule("GSC", gsc)] },
  {
    extensions: [".csl"],
    rules: [
      rule("XML", /^[^\S\r\n]*(<\?xml|xmlns)/im),
      rule("Kusto", /^(?:\|\s*(?:where|extend|project|limit|summarize)|\.\w)/m),
    ],
  },
  {
    extensions: [".d"],
    rules: [
      rule("D", [
        /^module\s+(?:[\w.]+\s*)?;/m,
        /import\s+(?!\s)[\w\s,.:]{0,500};/,
        /\b\w+\s+\w+\s*\((?:[^()\r\n]|\([^()\r\n]{0,300}\)){0,300}\)(?:\((?:[^()\r\n]|\([^()\r\n]{0,300}\)){0,300}\))?\s*\{[^}]{0,2000}\}/,
        /unittest\s*(?:\((?:[^()\r\n]|\([^()\r\n]{0,300}\)){0,300}\)\s*)?\{[^}]{0,2000}\}/,
      ]),
      rule(
        "DTrace",
        /^(?:\w+:\w*:\w*:|BEGIN|END|provider\s|(?:tick|profile)-\w+\s+\{[^}]{0,2000}\}|#pragma\s+D\s+(?:option|attributes|depends_on)\s|#pragma\s+ident\s)/m,
      ),
      rule("Makefile", [
        /^[^/\\\r\n]*[/\\](?:[^:\r\n]|:(?=\S))*:\s.*\s\\$/m,
        /: \\$|^[ %]:/m,
        /^[\w \t/\\.]+\w\.\w+[ \t]*:\s+[\w \t/\\.]+\w\.\w/m,
      ]),
    ],
  },
  {
    extensions: [".dsp"],
    rules: [
      rule("Microsoft Developer Studio Project", /# Microsoft Developer Studio Generated Build File/),
      rule(
        "Faust",
        /\bprocess\s*[(=]|\b(library|import)\s*\(\s*"|\bdeclare\s+(name|version|author|copyright|license)\s+"/,
      ),
    ],
  },
  {
    extensions: [".e"],
    rules: [
      rule("E", [
        /^[^\S\r\n]*(?:def|var)\s.+:=/m,
        /^[^\S\r\n]*(def|to)\s+(\w+)(\(.+\))?\s+\{/m,
        /^[^\S\r\n]*(when)\s+(\(.+\))\s+->\s+\{/m,
      ]),
      rule("Eiffel", [
        /^[^\S\r\n]*\w+\s*(?:,\s*\w+){0,50}:\s*\w+\s/m,
        /^[^\S\r\n]*\w+(?:\s*\(\s*\w+:[^)]{1,500}\))?(?:\s*:\s*\w+)?(?:\s*--[^\r\n]+(?=[\r\n])){0,20}\s+(?:do|local)\s/m,
        /^[^\S\r\n]*(?:across|deferred|elseif|ensure|feature|from|inherit|inspect|invariant|note|once|require|undefine|variant|when)\s*$/m,
      ]),
      rule("Euphoria", euphoria),
    ],
  },
  { extensions: [".ecl"], rules: [rule("ECLiPSe", /^[^#\r\n]*(?:[^#\r\n]|\r?\n):-/m), rule("ECL", /:=/)] },
  {
    extensions: [".es"],
    rules: [
      rule("Erlang", /^[^\S\r\n]*(?:%%|main\s*\(.*?\)\s*->)/m),
      rule("JavaScript", /\/\/|["']use strict["']|export\s+default\s|\/\*[^]{0,1000}?\*\//),
    ],
  },
  { extensions: [".eslintrc"], rules: [rule("YAML", yaml), rule("JSON with Comments")] },
  {
    extensions: [".ex"],
    rules: [
      rule("Elixir", [
        /^[^\S\r\n]*@moduledoc\s/m,
        /^[^\S\r\n]*(?:cond|import|quote|unless)\s/m,
        /^[^\S\r\n]*def(?:exception|impl|macro|module|protocol)[(\s]/m,
      ]),
      rule("Euphoria", euphoria),
    ],
  },
  { extensions: [".f"], rules: [rule("Forth", /^: /m), rule("Filebench WML", /flowop/), rule("Fortran", fortran)] },
  { extensions: [".for"], rules: [rule("Forth", /^: /m), rule("Fortran", fortran)] },
  {
    extensions: [".fpp"],
    rules: [
      rule("FPP", [
        /^[^\S\r\n]*(active|passive|queued)\s+component\s/m,
        /^[^\S\r\n]*(module|topology|struct|enum|port|interface)\s+[A-Za-z_$][A-Za-z0-9_]*\s*\{/m,
        /^[^\S\r\n]*instance\s+[A-Za-z_$][A-Za-z0-9_]*\s*:/m,
      ]),
      rule("Fortran", fortran),
    ],
  },
  {
    extensions: [".fr"],
    rules: [
      rule("Forth", /^(: |also |new-device|previous )/m),
      rule("Frege", /^[^\S\r\n]*(import|module|package|data|type) /m),
      rule("Text"),
    ],
  },
  {
    extensions: [".frm"],
    rules: [
      rule("VBA", vbForm, /^[^\S\r\n]*Begin\s+\{[0-9A-Z-]*\}\s?/m),
      rule("Visual Basic 6.0", vbForm, /^[^\S\r\n]*Begin\s+VB\.Form\s+/m),
      rule("INI", /^TYPE=VIEW/),
    ],
  },
  {
    extensions: [".fs"],
    rules: [
      rule("Forth", /^(: |new-device)/m),
      rule("F#", /^[^\S\r\n]*(#light|import|let|module|namespace|open|type)/m),
      rule("GLSL", /^[^\S\r\n]*(#version|precision|uniform|varying|vec[234])/m),
      rule("Filterscript", /#include|#pragma\s+(rs|version)|__attribute__/),
    ],
  },
  {
    extensions: [".ftl"],
    rules: [
      rule("FreeMarker", [
        /^(?:<|[a-zA-Z-][a-zA-Z0-9_-]+[ \t]+\w)/m,
        /\$\{\w[^\r\n}]{0,200}\}/,
        /^[ \t]*(?:<#--.*?-->|<#[a-z]+\s[^>]{0,500}>.*?<\/#[a-z]+>|\[#--.*?--\]|\[#[a-z]+\s[^\]]{0,500}\].*?\[#[a-z]+\])/m,
      ]),
      rule("Fluent", /^-?[a-zA-Z][a-zA-Z0-9_-]* *=|\{\$-?[a-zA-Z][-\w]*(?:\.[a-zA-Z][-\w]*)?\}/m),
    ],
  },
  {
    extensions: [".g"],
    rules: [
      rule("GAP", /Declare|BindGlobal|KeyDependentOperation|Install(?:Method|GlobalFunction)|SetPackageInfo/),
      rule("G-code", /^[MG][0-9]+(?:\r?\n|\r)/m),
    ],
  },
  {
    extensions: [".gd"],
    rules: [
      rule("GAP", /Declare|BindGlobal|KeyDependentOperation/),
      rule("GDScript", /extends|var|const|enum|func|class|signal|tool|yield|assert|onready/),
    ],
  },
  {
    extensions: [".gml"],
    rules: [
      rule("XML", /^[^\S\r\n]*(<\?xml|xmlns)/im),
      rule("Graph Modeling Language", /^[^\S\r\n]*(graph|node)\s+\[$/im),
      rule("Gerber Image", /^[DGMT][0-9]{2}\*$/m),
      rule("Game Maker Language"),
    ],
  },
  {
    extensions: [".gs"],
    rules: [
      rule("GLSL", /^#version\s+[0-9]+\b/m),
      rule("Gosu", /^uses (java|gw)\./m),
      rule("Genie", /^\[indent=[0-9]+\]/m),
    ],
  },
  { extensions: [".gsc"], rules: [rule("GSC", gsc)] },
  { extensions: [".gsh"], rules: [rule("GSC", gsc)] },
  { extensions: [".gts"], rules: [rule("Gerber Image", /^G0./m), rule("Glimmer TS", { none: /^G0./m })] },
  { extensions: [".h"], rules: [rule("Objective-C", objectivec), rule("C++", cpp), rule("C")] },
  { extensions: [".hh"], rules: [rule("Hack", /<\?hh/)] },
  {
    extensions: [".html"],
    rules: [
      rule(
        "Ecmarkup",
        /<emu-(?:alg|annex|biblio|clause|eqn|example|figure|gann|gmod|gprose|grammar|intro|not-ref|note|nt|prodref|production|rhs|table|t|xref)(?:$|\s|>)/m,
      ),
      rule("HTML"),
    ],
  },
  {
    extensions: [".i"],
    rules: [
      rule("Motorola 68K Assembly", m68k),
      rule("SWIG", /^[ \t]*%[a-z_]+\b|^%[{}]$/m),
      rule("Assembly", [/mov\s+[^\s]+,/i, /^[^\S\r\n]*\si?db\s+[a-z\d]/m]),
    ],
  },
  { extensions: [".ice"], rules: [rule("JSON", json), rule("Slice")] },
  {
    extensions: [".inc"],
    rules: [
      rule("Motorola 68K Assembly", m68k),
      rule("PHP", /^<\?(?:php)?/m),
      rule("SourcePawn", [
        /^public\s+(?:SharedPlugin(?:\s+|:)__pl_\w+\s*=|(?:void\s+)?__pl_\w+_SetNTVOptional\(\))/m,
        /^methodmap\s+\w+\s+<\s+\w+/m,
        /^[^\S\r\n]*MarkNativeAsOptional\s*\(/m,
      ]),
      rule("NASL", [
        /^[^\S\r\n]*include\s*\(\s*(?:"|')[\\/\w\-.:\s]+\.(?:nasl|inc)\s*(?:"|')\s*\)\s*;/m,
        /^[^\S\r\n]*(?:global|local)_var\s+\w+(?:\s*=\s*[\w"'-]+)?(?:\s*,\s*\w+(?:\s*=\s*[\w"'-]+)?){0,100}\s*;/m,
        /^[^\S\r\n]*namespace\s+\w+\s*\{/m,
        /^[^\S\r\n]*object\s+\w+(?:\s*extends\s+\w+(?:::\w+)?)?\s*\{/m,
        /^[^\S\r\n]*(?:public\s+|private\s+)?function\s+\w+\s*\([\w\s,]*\)\s*\{/m,
      ]),
      rule("POV-Ray SDL", /^[^\S\r\n]*#(declare|local|macro|while)\s/m),
      rule("Pascal", [/^[^\S\r\n]*\{\$(?:mode|ifdef|undef|define) +[a-z0-9_]+\}/im, /^[^\S\r\n]*end[.;]\s*$/m]),
      rule("BitBake", /^inherit(\s+[\w.-]+)+\s*$/m),
      rule("Assembly", [/^[^"m\r\n]*mov\s+\S+,/im, /^[^\S\r\n]*\sdb\s+[a-z\d]/im]),
    ],
  },
  {
    extensions: [".j"],
    rules: [
      rule("Jasmin", /^[^\S\r\n]*\.(?:class|super|method|end\s+method|limit|field|source|bytecode)\b/m),
      rule("Objective-J", /^[^\S\r\n]*@(?:import|implementation|protocol|interface|typedef|end)\b/m),
      rule("JASS", [
        /^[^\S\r\n]*(?:constant\s+)?(?:function|native)\s+\w+\s+takes\b/m,
        /^[^\S\r\n]*end(?:function|globals|loop)\s*$/m,
        /^[^\S\r\n]*(?:call|set|local|exitwhen)\s+\S/m,
      ]),
    ],
  },
  {
    extensions: [".json"],
    rules: [
      rule("OASv2-json", /"swagger":\s?"2.[0-9.]+"/),
      rule("OASv3-json", /"openapi":\s?"3.[0-9.]+"/),
      rule("JSON"),
    ],
  },
  {
    extensions: [".k"],
    rules: [
      rule("KCL", [/^schema [A-Za-z0-9_-]+/m, /^\}$/m, /\}/]),
      rule("KFramework", [/^requires\s+"[^"]+"$/m, /^syntax\s+\w+\s+::=.*/m, /^endmodule$/m]),
    ],
  },
  {
    extensions: [".l"],
    rules: [
      rule("Common Lisp", /\(def(un|macro)\s/),
      rule("Lex", /^(%[%{}]xs|<.*>)/m),
      rule("Roff", /^\.[A-Za-z]{2}(\s|$)/m),
      rule("PicoLisp", /^\((de|class|rel|code|data|must)\s/m),
    ],
  },
  { extensions: [".lean"], rules: [rule("Lean", /^import [a-z]/m), rule("Lean 4", /^import [A-Z]/m)] },
  {
    extensions: [".lp"],
    rules: [
      rule(
        "Lambdapi",
        /^[^\S\r\n]*(?:opaque\s+symbol|symbol|rule|notation|constant|injective|require(?:\s+open)?|open|type|assert(?:not)?|compute)\b/m,
      ),
      rule(
        "Linear Programming",
        /^[^\S\r\n]*(?:minimize|minimum|min|maximize|maximum|max)(?:\s+multi-objectives)?\s*$/im,
      ),
      rule("Answer Set Programming", [
        /^[^\S\r\n]*#(?:include|const|program|script|show|minimize|maximize|heuristic|project|edge|theory|defined)\b/m,
        /^[^\S\r\n]*(?:[A-Za-z_]\w*(?:\([^)]{0,500}\))?\s*)?:-\s[^.]{0,1000}\./m,
        /^[^\S\r\n]*[a-z_]\w*(?:\([^)]{0,500}\))?\s*\.\s*$/m,
      ]),
    ],
  },
  { extensions: [".ls"], rules: [rule("LoomScript", /^[^\S\r\n]*package[\w./*\s]{0,500}\{/m), rule("LiveScript")] },
  {
    extensions: [".lsp", ".lisp"],
    rules: [
      rule("Common Lisp", /^[^\S\r\n]*\((?:defun|in-package|defpackage) /im),
      rule("NewLisp", /^[^\S\r\n]*\(define /m),
    ],
  },
  {
    extensions: [".m"],
    rules: [
      rule("Objective-C", objectivec),
      rule("Mercury", /:- module/),
      rule("MUF", /^: /m),
      rule("M", /^[^\S\r\n]*;/m),
      rule("Wolfram Language", /\(\*/, /\*\)$/m),
      rule("MATLAB", /^[^\S\r\n]*%/m),
      rule("Limbo", /^\w+\s*:\s*module\s*\{/m),
    ],
  },
  { extensions: [".m4"], rules: [rule("M4Sugar", [/AC_DEFUN|AC_PREREQ|AC_INIT/, /^_?m4_/m]), rule("M4")] },
  { extensions: [".mask"], rules: [rule("Unity3D Asset", /tag:unity3d.com/)] },
  {
    extensions: [".mc"],
    rules: [
      rule("Win32 Message File", /^[ \t]*(\/\*\s*)?MessageId=|^\.$/im),
      rule("M4", /^dnl|^divert\((?:-?\d+)?\)|^\w+\(`[^\r\n]*?'[),]/m),
      rule("Monkey C", /\b(?:using|module|function|class|var)\s+\w/),
    ],
  },
  {
    extensions: [".md"],
    rules: [
      rule("Markdown", [/(^[-A-Za-z0-9=#!*[|>])|<\//m, /^(?![^])/]),
      rule("GCC Machine Description", /^(;;|\(define_)/m),
      rule("Markdown"),
    ],
  },
  {
    extensions: [".ml"],
    rules: [
      rule("OCaml", /^[^\S\r\n]*module|let rec |match\s+(?:\S+\s){1,50}with/m),
      rule("Standard ML", /=> |case\s+(?:\S+\s){1,50}of/),
    ],
  },
  {
    extensions: [".mod"],
    rules: [
      rule("XML", /<!ENTITY /),
      rule("NMODL", /\b(NEURON|INITIAL|UNITS)\b/),
      rule("Modula-2", /^[^\S\r\n]*(?:MODULE|END) [\w.]+;/im),
      rule(["Linux Kernel Module", "AMPL"]),
    ],
  },
  {
    extensions: [".mojo"],
    rules: [rule("Mojo", /^[^\S\r\n]*(alias|def|from|fn|import|struct|trait)\s/m), rule("XML", /^[^\S\r\n]*<\?xml/m)],
  },
  {
    extensions: [".mps"],
    rules: [
      rule("JetBrains MPS", /<persistence/),
      rule("Mathematical Programming System", /^[^\S\r\n]*(ROWS|COLUMNS)\s*$/im),
    ],
  },
  {
    extensions: [".ms"],
    rules: [
      rule("Roff", /^[.'][A-Za-z]{2}(\s|$)/m),
      rule("Unix Assembly", { none: /\/\*/ }, /^[^\S\r\n]*\.(?:include\s|globa?l\s|[A-Za-z][_A-Za-z0-9]*:)/m),
      rule("MiniScript", /^[^\S\r\n]*\bend (?:function|while|if|for)\b|\s\b(?:isa)\b\s/m),
      rule("MAXScript"),
    ],
  },
  {
    extensions: [".msg"],
    rules: [
      rule(
        "OMNeT++ MSG",
        /^(?:cplusplus|namespace\s+[^\s;]*;|(?:struct|message|packet|class|enum)\s+\S|import [^\s;]*;)/m,
      ),
      rule("ROS Interface", /^[a-z]\w*(?:\/[a-z]\w*)?(?:<=\d+)?(?:\[(?:<=\d+)?\])?\s+\w+\b/im, {
        none: /^[^\S\r\n]*[^\s@#\w-]/m,
      }),
    ],
  },
  { extensions: [".n"], rules: [rule("Roff", /^[.']/m), rule("Nemerle", /^(module|namespace|using)\s/m)] },
  {
    extensions: [".ncl"],
    rules: [
      rule("XML", /^[^\S\r\n]*<\?xml\s+version/m),
      rule("Gerber Image", /^[DGMT][0-9]{2}\*(?:\r?\n|\r)/m),
      rule("Nickel", [
        /^let(?:\srec)?(?:\s[a-zA-Z_][a-zA-Z0-9_]*)?/m,
        /^import\s"[^"]+"\s+as\s/m,
        /std\.[a-zA-Z_][a-zA-Z0-9_]*\./,
      ]),
      rule("Text", /THE_TITLE/),
      rule("NCL", [/^load "/m, /^begin$/m, /[0-9]\.$/m, /^;/m]),
    ],
  },
  { extensions: [".nl"], rules: [rule("NL", /^(b|g)[0-9]+ /m), rule("NewLisp")] },
  { extensions: [".nr"], rules: [rule("Roff", /^\./m), rule("Noir")] },
  { extensions: [".nu"], rules: [rule("Nushell", /^[^\S\r\n]*(import|export|module|def|let|let-env) /m), rule("Nu")] },
  {
    extensions: [".odin"],
    rules: [
      rule("Object Data Instance Notation", /(?:^[^\S\r\n]*|<\s*)\w+\s*=\s*</m),
      rule("Odin", /package\s+\w|\b(?:im|ex)port\s*"[\w:./]+"|\w\s*::\s*(?:proc|struct)\s*\(|^[^\S\r\n]*\/\/\s/m),
    ],
  },
  {
    extensions: [".p"],
    rules: [
      rule("Gnuplot", [/^s?plot\b/m, /^set\s+(term|terminal|out|output|[xy]tics|[xy]label|[xy]range|style)\b/m]),
      rule("OpenEdge ABL", [
        /\bDEFINE\s+(?:VARIABLE|TEMP-TABLE|BUFFER|QUERY|INPUT\s+PARAMETER|OUTPUT\s+PARAMETER)\b/i,
        /\bEND(?:\s+(?:PROCEDURE|FUNCTION|DO|FOR\s+EACH))?\./i,
      ]),
    ],
  },
  {
    extensions: [".pc"],
    rules: [
      rule("Pro*C", /^[^\S\r\n]*EXEC\s+SQL\s/m),
      rule("pkg-config", /^Name:[ \t]+\S/m, /^Description:[ \t]+\S/m, /^Version:[ \t]+\S/m),
    ],
  },
  { extensions: [".php"], rules: [rule("Hack", /<\?hh/), rule("PHP", /<\?[^h]/)] },
  {
    extensions: [".pkl"],
    rules: [
      rule("Pkl", [
        /^[^\S\r\n]*(module|import|amends|extends|local|const|fixed|abstract|open|class|typealias|@\w+)\b/m,
        /^[^\S\r\n]*[a-zA-Z0-9_$]+\s*(=|{|:)|^[^\S\r\n]*`[^`]+`\s*(=|{|:)|for\s*\(|when\s*\(/m,
      ]),
      rule("Pickle"),
    ],
  },
  {
    extensions: [".pl"],
    rules: [
      rule("Prolog", /^[^#\r\n]*:-/m),
      rule("Perl", { none: /^[^\S\r\n]*use\s+v6\b/m }, perl),
      rule("Raku", raku),
    ],
  },
  {
    extensions: [".plist"],
    rules: [
      rule(
        "XML Property List",
        /^[^\S\r\n]*(?:<\?xml\s|<!DOCTYPE\s+plist|<plist(?:\s+version\s*=\s*["']\d+(?:\.\d+)?["'])?\s*>\s*$)/m,
      ),
      rule("OpenStep Property List"),
    ],
  },
  { extensions: [".plt"], rules: [rule("Prolog", /^[^\S\r\n]*:-/m)] },
  {
    extensions: [".pm"],
    rules: [
      rule("Perl", { none: /^[^\S\r\n]*use\s+v6\b/m }, perl),
      rule("Raku", raku),
      rule("X PixMap", /^[^\S\r\n]*\/\* XPM \*\//m),
    ],
  },
  { extensions: [".pod"], rules: [rule("Pod 6", /^[^\S\r\n]*=(comment|begin pod|begin para|item\d+)/m), rule("Pod")] },
  { extensions: [".pp"], rules: [rule("Pascal", /^[^\S\r\n]*end[.;]/m), rule("Puppet", /^[^\S\r\n]*\s\w+\s+=>\s/m)] },
  {
    extensions: [".pro"],
    rules: [
      rule("Proguard", /^-(include\b.*\.pro$|keep\b|keepclassmembers\b|keepattributes\b)/m),
      rule("Prolog", /^[^[#\r\n]*(?:[^[#\r\n]|\r?\n):-/m),
      rule("INI", /last_client=/),
      rule("QMake", /HEADERS/, /SOURCES/),
      rule("IDL", /^[^\S\r\n]*(?:function|pro|compile_opt) \w[ \w,:]*$/im),
    ],
  },
  {
    extensions: [".properties"],
    rules: [
      rule("INI", keyEqualsValue, /^[;[]/m),
      rule("Java Properties", keyEqualsValue, /^[#!]/m),
      rule("INI", keyEqualsValue),
      rule("Java Properties", /^(?:[#!][^\n]*\n)*[^#!][^:]*:/),
    ],
  },
  {
    extensions: [".q"],
    rules: [
      rule("q", [/:\{(?<=[A-Z.][\w.]*:\{)/i, /^\\(?:cd?|d|l|p|ts?) /m]),
      rule("HiveQL", /SELECT\s+[\w*,]+\s+FROM|(CREATE|ALTER|DROP)\s(DATABASE|SCHEMA|TABLE)/i),
    ],
  },
  {
    extensions: [".qs"],
    rules: [
      rule("Q#", /^(?:\/{2,3}\s*|[^\S\r\n]*)(?:namespace|operation)\b/m),
      rule("Qt Script", /\w\.prototype\.\w|===|\bvar\b/),
    ],
  },
  {
    extensions: [".r"],
    rules: [
      rule("Rebol", /\bRebol\b/i),
      rule(
        "Rez",
        /#include\s+["<](?:Types\.r|Carbon\/Carbon\.r)[">]|(?:resource|data|type)\s+'[A-Za-z0-9]{4}'\s+(?:\(.{0,300}\)\s+)?\{/,
      ),
      rule("R", /<-|^[^\S\r\n]*#/m),
    ],
  },
  {
    extensions: [".re"],
    rules: [
      rule("Reason", [
        /^[^\S\r\n]*module\s+type\s/m,
        /^[^\S\r\n]*(?:include|open)\s+\w+\s*;\s*$/m,
        /^[^\S\r\n]*let\s+(?:module\s\w+\s*=\s*\{|\w+:\s+(?!\s)[^=\r\n]*=.*;\s*$)/m,
      ]),
      rule("C++", [
        /^[^\S\r\n]*#(?:(?:if|ifdef|define|pragma)\s+\w|\s*include\s+<[^>\r\n]+>)/m,
        /^[^\S\r\n]*template\s*</m,
      ]),
    ],
  },
  { extensions: [".releaserc"], rules: [rule("YAML", yaml), rule("JSON")] },
  {
    extensions: [".res"],
    rules: [
      rule("ReScript", [/^[^\S\r\n]*(?:let|module|type)\s+(?:\w+\s+)?=\s/m, /^[^\S\r\n]*(?:include|open)\s+\w+\s*$/m]),
    ],
  },
  { extensions: [".resource"], rules: [rule("RobotFramework", [/^\*{3} (Settings|Variables|Keywords) \*{3}$/m])] },
  {
    extensions: [".rno"],
    rules: [
      rule(
        "RUNOFF",
        /^\.!|^\f|\f$|^\.end lit(?:eral)?\b|^\.[a-zA-Z].*?;\.[a-zA-Z](?:[; \t])|\^\*[^[^\S\r\n]*][^*]*\\\*(?:$|\s)|^\.c;[ \t]*\w+/im,
      ),
      rule("Roff", /^\.\\" /m),
    ],
  },
  { extensions: [".rpy"], rules: [rule("Python", /^(import|from|class|def)\s/m), rule("Ren'Py")] },
  {
    extensions: [".rs"],
    rules: [
      rule("Rust", /^(use |fn |mod |pub |macro_rules|impl|#!?\[)/m),
      rule("RenderScript", /#include|#pragma\s+(rs|version)|__attribute__/),
      rule("XML", /^[^\S\r\n]*<\?xml/m),
    ],
  },
  {
    extensions: [".s"],
    rules: [
      rule("Unix Assembly", /mov[lq]?\s+[%$]/i),
      rule("Assembly", /mov\s+[^\s%]{2,},/i),
      rule("Motorola 68K Assembly", m68k),
    ],
  },
  {
    extensions: [".sc"],
    rules: [
      rule("SuperCollider", /\^(this|super)\.|^[^\S\r\n]*~\w+\s*=\./im),
      rule("Scala", /(^[^\S\r\n]*import (scala|java)\.|^[^\S\r\n]*class\b)/m),
    ],
  },
  {
    extensions: [".scd"],
    rules: [
      rule("SuperCollider", /\^(this|super)\.|^[^\S\r\n]*(~\w+\s*=\.|SynthDef\b)/im),
      rule("Markdown", /^#+\s+(NAME|SYNOPSIS|DESCRIPTION)/m),
    ],
  },
  {
    extensions: [".scm"],
    rules: [
      rule("Tree-sitter Query", [
        /\(#[\w-]+[!?]/,
        /(?:[)\]]\s*[*+?](?:\s|$))/m,
        /(?:^[^\S\r\n]*\w+:\s*[(["])/m,
        /\(#(?:set!|(?:not-)?(?:any-of|match)\?)/,
        /@[\w.-]+(?:\)\s|$)/m,
      ]),
      rule("Scheme", [
        /(?:'[(*#]|\w->\w|\.\.\.[\s)]|\([+\-:<>/=~)]|~>|[#`]\(|#:\w)/,
        /^[^\S\r\n]*\((?:define\*?|import|library|lambda)/m,
      ]),
    ],
  },
  {
    extensions: [".sol"],
    rules: [
      rule("Solidity", /\bpragma\s+solidity\b|\bcontract\s+[a-zA-Z$_][\w$]*(?:\s*\{|\s+is\s[^{]{0,1000}\{)/),
      rule("Gerber Image", /^[DGMT][0-9]{2}\*(?:\r?\n|\r)/m),
    ],
  },
  {
    extensions: [".sql"],
    rules: [
      rule("PLpgSQL", /^\\i\b|AS\s+\$\$|LANGUAGE\s+'?plpgsql'?|BEGIN(\s+WORK)?\s*;/im),
      rule("SQLPL", /ALTER\s+MODULE|MODE\s+DB2SQL|\bSYS(CAT|PROC)\.|ASSOCIATE\s+RESULT\s+SET|\bEND!\s*$/im),
      rule(
        "PLSQL",
        /\$\$PLSQL_|XMLTYPE|systimestamp|\.nextval|CONNECT\s+BY|AUTHID\s+(DEFINER|CURRENT_USER)|constructor\W+function/i,
      ),
      rule("TSQL", /^[^\S\r\n]*GO\b|BEGIN(\s+TRY|\s+CATCH)|OUTPUT\s+INSERTED|DECLARE\s+@|\[dbo\]/im),
      rule("SQL"),
    ],
  },
  {
    extensions: [".srt"],
    rules: [rule("SubRip Text", /^(\d{2}:\d{2}:\d{2},\d{3})\s*(-->)\s*(\d{2}:\d{2}:\d{2},\d{3})$/m)],
  },
  {
    extensions: [".srv"],
    rules: [
      rule("ROS Interface", /^[a-z]\w*(?:\/[a-z]\w*)?(?:<=\d+)?(?:\[(?:<=\d+)?\])?\s+\w+\b/im, /^---\s*$/m, {
        none: /^[^\S\r\n]*[^\s@#\w-]/m,
      }),
    ],
  },
  {
    extensions: [".st"],
    rules: [
      rule("StringTemplate", [
        /\$\w+[($]/,
        /.![^!\r\n]{1,500}!./,
        /<![^]{1,500}?!>/,
        /\[![^]{1,500}?!\]/,
        /\{![^]{1,500}?!\}/,
      ]),
      rule("Smalltalk", [
        /^\s*[[{(^"'\w#]/,
        /\b[a-zA-Z_]\w*\s*:=\s*[a-zA-Z_]|class\s*>>\s*[a-zA-Z_]|if(?:True|False):\s*\[/,
        /^(?:[a-zA-Z_]\w*\s+[a-zA-Z_]\w*:|Class\s*\{)/m,
      ]),
    ],
  },
  { extensions: [".star"], rules: [rule("STAR", /^loop_\s*$/m), rule("Starlark")] },
  { extensions: [".stl"], rules: [rule("STL", /(?<![^])\s*solid(?:$|\s)[^]*^endsolid(?:$|\s)/m)] },
  { extensions: [".svx"], rules: [rule("Survex data", /(?<![^])(;|\*[^*]+$)/m), rule("mdsvex")] },
  {
    extensions: [".sw"],
    rules: [
      rule("Sway", /^[^\S\r\n]*(?:(?:abi|dep|fn|impl|mod|pub|trait)\s|#\[)/m),
      rule("XML", /^[^\S\r\n]*<\?xml\s+version/m),
    ],
  },
  {
    extensions: [".t"],
    rules: [
      rule("Perl", { none: /^[^\S\r\n]*use\s+v6\b/m }, perl),
      rule("Raku", /^[^\S\r\n]*(?:use\s+v6\b|\bmodule\b|\bmy\s+class\b)/m),
      rule("Turing", /^[^\S\r\n]*%[ \t]+|^[^\S\r\n]*var\s+\w+(\s*:\s*\w+)?\s*:=\s*\w+/m),
    ],
  },
  { extensions: [".tact"], rules: [rule("JSON", /^\s*\{"/), rule("Tact")] },
  {
    extensions: [".tag"],
    rules: [rule("Java Server Pages", /<%[@!=\s]?\s*(taglib|tag|include|attribute|variable)\s/)],
  },
  {
    extensions: [".tl"],
    rules: [rule("Teal", /--/, /\b(local|function|end|record|interface|enum)\b/), rule("Type Language")],
  },
  { extensions: [".tlv"], rules: [rule("TL-Verilog", /^\\.{0,10}TLV_version/m)] },
  {
    extensions: [".toc"],
    rules: [
      rule("World of Warcraft Addon Data", /^## |@no-lib-strip@/m),
      rule("TeX", /^\\(contentsline|defcounter|beamer|boolfalse)/m),
    ],
  },
  {
    extensions: [".tpl"],
    rules: [rule("Go Template", /\{\{-?\s*(`?"\\?"?|\/\*\s|\w*)\b/), rule("Smarty", /(?<!\{)\{(\*\s|\$|\/)?\w*\b/)],
  },
  { extensions: [".ts"], rules: [rule("XML", /<TS\b/), rule("TypeScript")] },
  {
    extensions: [".tsp"],
    rules: [
      rule("TypeSpec", /^(import|using|namespace|interface|op|model|scalar|alias|union|enum)\s/m),
      rule("TSPLIB data", /^(NAME|TYPE|DIMENSION|EDGE_WEIGHT_TYPE|EDGE_WEIGHT_FORMAT)\s*:/m),
    ],
  },
  { extensions: [".tst"], rules: [rule("GAP", /gap> /), rule("Scilab")] },
  { extensions: [".tsx"], rules: [rule("XML", /^[^\S\r\n]*<\?xml\s+version/im), rule("TSX")] },
  {
    extensions: [".txt"],
    rules: [
      rule(
        "Vim Help File",
        /(?:(?:^|[ \t])(?:vi|[vV]im(?:[<=>]?\d+)?)|[ \t]ex):(?:.{0,200}[ \t:])?(?:filetype|ft|syntax)[ \t]*=help(?=$|\s|:)/m,
      ),
      rule("Hosts File", hostsLine),
      rule("Adblock Filter List", adblockHeader),
      rule("Text"),
    ],
  },
  { extensions: [".typ"], rules: [rule("Typst", /^#(import|show|let|set)/m), rule("XML")] },
  { extensions: [".uc"], rules: [rule("ucode", ucode), rule("UnrealScript")] },
  {
    extensions: [".url"],
    rules: [rule("INI", /^\[InternetShortcut\](?:\r?\n|\r)([^\s[][^\r\n]*(?:\r?\n|\r)){0,20}URL=/m)],
  },
  {
    extensions: [".v"],
    rules: [
      rule("Rocq Prover", /(?:^|\s)(?:Proof|Qed)\.(?:$|\s)|(?:^|\s)Require[ \t]+(Import|Export)\s/m),
      rule(
        "Verilog",
        /^[ \t]*(?:module\s+[^\s()]+\s*#?\(|`(?:define|ifdef|ifndef|include|timescale|pragma)|always[ \t]*@|initial[ \t]*(?:begin|@))/m,
      ),
      rule("V", /\$(?:if|else)[ \t]|^[ \t]*(?:fn\s+[^\s()]+\([^)\r\n]*\)[^{\r\n]*|for\s*)\{/m),
    ],
  },
  { extensions: [".vba"], rules: [rule("Vim script", /^UseVimball/m), rule("VBA")] },
  { extensions: [".vcf"], rules: [rule("TSV", /^##fileformat=VCF/), rule("vCard", /^BEGIN:VCARD/)] },
  {
    extensions: [".w"],
    rules: [
      rule("OpenEdge ABL", /&ANALYZE-SUSPEND _UIB-CODE-BLOCK _CUSTOM _DEFINITIONS/),
      rule("CWeb", /^@(<|\w+\.)/m),
    ],
  },
  {
    extensions: [".x"],
    rules: [
      rule("DirectX 3D File", /^xof 030(2|3)(?:txt|bin|tzip|bzip)\b/m),
      rule("RPC", /\b(program|version)\s+\w+\s*\{|\bunion\s+\w+\s+switch\s*\(/),
      rule("Logos", /^%(end|ctor|hook|group)\b/m),
      rule("Linker Script", /OUTPUT_ARCH\(|OUTPUT_FORMAT\(|SECTIONS/),
    ],
  },
  {
    extensions: [".yaml", ".yml"],
    rules: [
      rule("MiniYAML", /^\t(?:[^\S\r\n]|:)*[^\s:][^:\r\n]*:/m),
      rule("OASv2-yaml", /swagger:\s?'?"?2.[0-9.]+'?"?/),
      rule("OASv3-yaml", /openapi:\s?'?"?3.[0-9.]+'?"?/),
      rule("YAML"),
    ],
  },
  { extensions: [".yy"], rules: [rule("JSON", json), rule("Yacc")] },
]
