/** What a file is besides somebody's own work, by the conventions that linguist knows, too. */
export interface FileCategory {
  /** Copied from elsewhere. */
  vendored: boolean
  /** Written by a program. */
  generated: boolean
  documentation: boolean
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
export function categoryOf(path: string, beginning: Buffer): FileCategory {
  return {
    vendored: vendored.test(path),
    generated: generatedPath.test(path) || generatedContent.test(beginning.toString("latin1", 0, 1_024)),
    documentation: documentation.test(path),
  }
}
