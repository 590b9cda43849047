import type { Pattern } from "./heuristic-rule.js"

// Data of github-linguist after 9.6.0 (commit b45dbe9b2 of 2026-08-20, as linguist-languages 9.5.0 is),
// lib/linguist/heuristics.yml: https://github.com/github-linguist/linguist
// Copyright (c) 2017 GitHub, Inc., MIT License: see NOTICE.
//
// The patterns are rewritten for JavaScript, and so that no text takes them long: they do not go over line ends where that makes no
// difference (`[^\S\r\n]` is white space within a line), do not begin in the middle of words, and have bounds where linguist's have
// none. Where linguist has a pattern and a negative one in the same rule, it looks at the former only; the latter are not here.

export const cpp: Pattern = [
  /^[^\S\r\n]*#\s*include <(cstdint|string|vector|map|list|array|bitset|queue|stack|forward_list|unordered_map|unordered_set|(i|o|io)stream)>/m,
  /^[^\S\r\n]*template\s*</m,
  /^[ \t]*(try|constexpr)/m,
  /^[ \t]*catch\s*\(/m,
  /^[ \t]*(class|(using[ \t]+)?namespace)\s+\w+/m,
  /^[ \t]*(private|public|protected):$/m,
  /__has_cpp_attribute|__cplusplus >/,
  /std::\w+/,
]
export const euphoria: Pattern = [
  /^[^\S\r\n]*namespace\s/m,
  /^[^\S\r\n]*(?:public\s+)?include\s/m,
  /^[^\S\r\n]*(?:(?:public|export|global)\s+)?(?:atom|constant|enum|function|integer|object|procedure|sequence|type)\s/m,
]
export const fortran: Pattern = /^(?:[c*][^abd-z]| {6}(?:subroutine|program|end|data)\s|[^\S\r\n]*!)/im
export const freebasic: Pattern = [
  /^[ \t]*#(?:define|endif|endmacro|ifn?def|include|lang|macro|pragma)(?:$|\s)/im,
  /^[ \t]*dim( shared)? [a-z_][a-z0-9_]* as [a-z_][a-z0-9_]* ptr/im,
]
export const gsc: Pattern = [
  /^[^\S\r\n]*#\s*(?:using|insert|include|define|namespace)[ \t]+\w/m,
  /^[^\S\r\n]*((?:autoexec|private)\s+){0,2}function\s+((?:autoexec|private)\s+){0,2}\w+\s*\(/m,
  /\b(?:level|self)[ \t]+thread[ \t]+(?:\[\[[ \t]*(?:\w+\.)+[ \t]*\]\]|\w+)[ \t]*\([^\r\n)]{0,300}\)[ \t]*;/,
  /^[ \t]*#[ \t]*(?:precache|using_animtree)[ \t]*\(/m,
]
export const json: Pattern = /^\s*[{[]/
export const keyEqualsValue: Pattern = /^(?:[#!;][^\n]*\n)*[^#!;][^=]*=/
export const m68k: Pattern = [
  /\bmoveq(?:\.l)?\s+#(?:\$-?[0-9a-f]{1,3}|%[0-1]{1,8}|-?[0-9]{1,3}),\s*d[0-7]\b/i,
  /^[^\S\r\n]*move(?:\.[bwl])?\s+(?:sr|usp),\s*[^\s]+/im,
  /^[^\S\r\n]*move\.[bwl]\s[^]{0,200}\b[ad]\d/im,
  /^[^\S\r\n]*movem\.[bwl]\b/im,
  /^[^\S\r\n]*move[mp](?:\.[wl])?\b/im,
  /^[^\S\r\n]*btst\b/im,
  /^[^\S\r\n]*dbra\b/im,
]
export const manHeading: Pattern = /^[.'][ \t]*SH +(?:[^"\s]+|"[^"\s]+)/m
export const manTitle: Pattern = /^[.'][ \t]*TH +(?:[^"\s]+|"[^"]+") +"?(?:[1-9]|@[^\s@]+@)/m
export const mdocDate: Pattern = /^[.'][ \t]*Dd +(?:[^"\s]+|"[^"]+")/m
export const mdocHeading: Pattern = /^[.'][ \t]*Sh +(?:[^"\s]|"[^"]+")/m
export const mdocTitle: Pattern = /^[.'][ \t]*Dt +(?:[^"\s]+|"[^"]+") +"?(?:[1-9]|@[^\s@]+@)/m
export const objectivec: Pattern =
  /^[^\S\r\n]*(?:@(?:interface|class|protocol|property|end|synchronised|selector|implementation)\b|#import\s.+\.h[">])/m
export const perl: Pattern = [
  /\buse\s+(?:strict\b|v?5\b)/,
  /^[^\S\r\n]*use\s+(?:constant|overload)\b/m,
  /^[^\S\r\n]*(?:\*|(?:our\s*)?@)EXPORT\s*=/m,
  /^[^\S\r\n]*package\s+[^\W\d]\w*(?:::\w+)*\s*(?:[;{]|\sv?\d)/m,
  /[\s$][^\W\d]\w*(?::\w+)*->[a-zA-Z_[({]/,
]
export const quickbasic: Pattern = [
  /^ *(CONST|DIM|REDIM|DEFINT|PRINT|DECLARE (SUB|FUNCTION)|FUNCTION|SUB) /m,
  /#lang:?\s*"?qb/,
  /'\$INCLUDE:/i,
  /^ *CLS *('|:|\r|\n)/im,
  /^ *OPTION _EXPLICIT/im,
  /^ *DIM SHARED /im,
  /^ *PRINT "/im,
  / As _(Byte|Offset|MEM)/i,
  /^ *_(DISPLAY|DEST|CONSOLE|SOURCE|FREEIMAGE|PALETTECOLOR|PRINTSTRING|LOADFONT|PUTIMAGE)/im,
  /^ *_(TITLE|PLAYMOD) "/im,
  /^ *_(LIMIT|SCREEN|DELAY) \.?\d+/im,
  /\b_(MOUSEBUTTON|NEWIMAGE|KEYDOWN|WIDTH|HEIGHT)\(/i,
  /^ *\$(CONSOLE|CHECKING):/im,
  /^ *\$(FULLSCREEN|RESIZE|STATIC|DYNAMIC|NOPREFIX|SCREENSHOW|SCREENHIDE|EXEICON)\b/im,
]
export const raku: Pattern = /^[^\S\r\n]*(?:use\s+v6\b|\bmodule\b|\b(?:my\s+)?class\b)/m
export const ucode: Pattern = [
  /^#!.*\bucode\b/m,
  /^[^\S\r\n]*['"]use strict['"];/m,
  /^[ \t]*(?:export|import)\b/m,
  /\b(?:require|include)\s*\(\s*['"]/,
  /^[^\S\r\n]*let\s+\w+/m,
  /\b(?:printf|sprintf)\s*\(/,
]
export const vbClass: Pattern = /^ *VERSION [0-9]\.[0-9] CLASS/m
export const vbForm: Pattern = /^ *VERSION [0-9]\.[0-9]{2}/m
export const vbModule: Pattern = /^ *Attribute VB_Name = /m
export const vba: Pattern = [
  /\b(?:VBA|[vV]ba)(?:\b|[0-9A-Z_])/,
  /^ *(?:Public|Private)? Declare PtrSafe (?:Sub|Function)\b/m,
  /^ *#If Win64\b/m,
  /^ *(?:Dim|Const) [0-9a-zA-Z_]* *As Long(?:Ptr|Long)\b/m,
  /^ *Option (?:Private Module|Compare Database)\b/m,
  /(?: |\()(?:Access|Excel|Outlook|PowerPoint|Visio|Word|VBIDE)\.\w/,
  /\b(?:(?:Active)?VBProjects?|VBComponents?|Application\.(?:VBE|ScreenUpdating))\b/,
  /\b(?:ThisDrawing|AcadObject|Active(?:Explorer|Inspector|Window\.Presentation|Presentation|Document)|Selection\.(?:Document|Find|Paragraphs|Range))\b/,
  /\b(?:(?:This|Active)?Workbooks?|Worksheets?|Active(?:Sheet|Chart|Cell)|WorksheetFunction)\b/,
  /\bRange\(".{0,300}\)/,
  /\bCells\(\w*, (?:\w*|"[a-zA-Z]{1,3}")\)/,
]
export const yaml: Pattern = /^[ \t]*(?:#|(?:[^/"\s:{}[\]]|\/[^/*:\n])[^:\n]*:)/m

/** The lookahead takes all names there are, and gives none back. */
const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
export const hostsLine = new RegExp(
  `^${octet}(?:\\.${octet}){3}\\b(?:/(?:3[0-2]|[12]?\\d)\\b)?(?=((?:[ \\t]+\\w[-\\w]*(?:\\.\\w[-\\w]*)*(?<!-)\\b)*))\\1(?:$|\\s)`,
  "im",
)

const adblocker =
  "(?:[Aa]d[Bb]lock(?:[ \\t][Pp]lus)?|u[Bb]lock(?:[ \\t][Oo]rigin)?|[Aa]d[Gg]uard)(?:[ \\t]\\d+(?:\\.\\d+)*)?"
export const adblockHeader = new RegExp(`^\\[${adblocker}(?:[ \\t]?;[ \\t]?${adblocker})*\\]`)

/** In any case, but what it declares begins with a capital letter: in prose it does not. */
const alKind =
  "codeunit|page|pageextension|pagecustomization|enum|enumextension|query|report|reportextension|table|tableextension|xmlport|profile|profileextension|controladdin|interface|permissionset|permissionsetextension|entitlement"
export const alObject = new RegExp(
  `(?:(?<![^])\\W{0,3}|^)[^\\S\\r\\n]*(?:${inAnyCase(alKind)})\\b\\s+(?:\\d|"|[A-Z])`,
  "m",
)

function inAnyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}
