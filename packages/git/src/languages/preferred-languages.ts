/**
 * Which language a file with such an extension is taken to be in when its text does not tell, or nobody has looked into it: the one that
 * most of them in public repositories are in. It takes the place of linguist's classifier, which needs the words of thousands of files.
 * Extensions that are not listed go to the language whose first extension it is, then to a programming language.
 */
export const preferredByExtension: Readonly<Record<string, string>> = {
  ".bas": "VBA",
  ".bf": "Befunge",
  ".bs": "BrighterScript",
  ".cfg": "INI",
  ".ch": "xBase",
  ".cl": "OpenCL",
  ".cp": "C++",
  ".e": "Eiffel",
  ".es": "JavaScript",
  ".f": "Fortran",
  ".fcgi": "Python",
  ".for": "Fortran",
  ".frm": "Visual Basic 6.0",
  ".ftl": "FreeMarker",
  ".fx": "HLSL",
  ".gs": "JavaScript",
  ".html": "HTML",
  ".inc": "C++",
  ".jq": "jq",
  ".ks": "Kickstart",
  ".lean": "Lean 4",
  ".m": "MATLAB",
  ".md": "Markdown",
  ".mod": "AMPL",
  ".ncl": "Nickel",
  ".nu": "Nushell",
  ".odin": "Odin",
  ".pbt": "Protocol Buffer Text Format",
  ".pkl": "Pkl",
  ".plist": "XML Property List",
  ".prc": "SQL",
  ".pro": "QMake",
  ".q": "q",
  ".qs": "Qt Script",
  ".rs": "Rust",
  ".rsc": "RouterOS Script",
  ".sc": "Scala",
  ".sch": "KiCad Schematic",
  ".srt": "SubRip Text",
  ".star": "Starlark",
  ".t": "Perl",
  ".tsp": "TypeSpec",
  ".txt": "Text",
  ".v": "Verilog",
  ".yaml": "YAML",
}

/** The same for the programs that a first line names. */
export const preferredByInterpreter: Readonly<Record<string, string>> = {
  bun: "TypeScript",
  deno: "TypeScript",
}
