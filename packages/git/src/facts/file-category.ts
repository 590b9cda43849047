import type { LinguistAttributes } from "../languages/gitattributes.js"

/** Why a file is none of the authors' own work, by the conventions that linguist knows, too. */
export interface Exclusion {
  readonly what:
    /** Copied from elsewhere. */
    | "vendored"
    /** Written by a program. */
    | "generated"
    | "documentation"
  /** In a few words, for people. */
  readonly reason: string
}

const vendored =
  /(?:^|\/)(?:node_modules|bower_components|vendors?|third[-_]?party|3rd[-_]?party|extern(?:al)?s?|Godeps|Pods|Carthage|\.yarn\/(?:releases|plugins|sdks|unplugged))\/|(?:^|\/)(?:gradlew(?:\.bat)?|mvnw(?:\.cmd)?|jquery(?:[-.].*)?\.js|bootstrap(?:[-.].*)?\.(?:js|css)|d3(?:\.v\d+)?\.js)$|\.min\.(?:js|css)$/i

const generatedPath =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|composer\.lock|Cargo\.lock|Gemfile\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|go\.sum|flake\.lock|mix\.lock|Package\.resolved|Podfile\.lock|pubspec\.lock|packages\.lock\.json)$|\.(?:map|pb\.go|pb\.cc|pb\.h|pb\.swift|designer\.cs|g\.dart|freezed\.dart|snap)$|_pb2(?:_grpc)?\.pyi?$|(?:^|\/)(?:dist|__generated__|generated)\//i

/** Says so itself, in its first lines. */
const generatedContent =
  /(?:\bcode generated\b.*\bdo not edit\b|@generated\b|\bauto-?generated\b.*\bdo not (?:edit|modify)\b)/i

const documentation =
  /^(?:docs?|documentation|man|examples?|samples?)\/|(?:^|\/)(?:javadoc|man\d?)\/|(?:^|\/)(?:README|CHANGE(?:S|LOG)|CONTRIBUTING|COPYING|INSTALL|LICEN[CS]E|NOTICE|AUTHORS|HISTORY|NEWS|SECURITY|CODE_OF_CONDUCT)(?:\.(?:md|markdown|mdx|rst|txt|adoc|asciidoc|org|html?))*$/i

/**
 * `beginning` is the first KiB of the file. What the repository's `.gitattributes` say goes before all rules, in either
 * direction.
 */
export function exclusionOf(
  path: string,
  beginning: Buffer,
  attributes: LinguistAttributes = {},
): Exclusion | undefined {
  for (const what of ["vendored", "generated", "documentation"] as const) {
    const said = attributes[what]
    if (said === true) return { what, reason: `.gitattributes: linguist-${what}` }
    const reason = said === false ? undefined : reasons[what](path, beginning)
    if (reason !== undefined) return { what, reason }
  }
  return undefined
}

const reasons: Record<Exclusion["what"], (path: string, beginning: Buffer) => string | undefined> = {
  vendored: (path) => match(vendored, path),
  generated: (path, beginning) =>
    match(generatedPath, path) ??
    (generatedContent.test(beginning.toString("latin1", 0, 1_024))
      ? "content: it says so in its first lines"
      : undefined),
  documentation: (path) => match(documentation, path),
}

function match(pattern: RegExp, path: string): string | undefined {
  const found = pattern.exec(path)?.[0].replace(/^\//, "")
  return found === undefined ? undefined : `path: ${found}`
}
