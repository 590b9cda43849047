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

/** `beginning` is the first KiB of the file. */
export function exclusionOf(path: string, beginning: Buffer): Exclusion | undefined {
  const match = (pattern: RegExp): string | undefined => pattern.exec(path)?.[0].replace(/^\//, "")
  const copied = match(vendored)
  if (copied !== undefined) return { what: "vendored", reason: `path: ${copied}` }
  const written = match(generatedPath)
  if (written !== undefined) return { what: "generated", reason: `path: ${written}` }
  if (generatedContent.test(beginning.toString("latin1", 0, 1_024))) {
    return { what: "generated", reason: "content: it says so in its first lines" }
  }
  const explained = match(documentation)
  return explained === undefined ? undefined : { what: "documentation", reason: `path: ${explained}` }
}
