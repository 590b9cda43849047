/**
 * Files that a package manager or a test runner writes and that linguist takes for data, which its statistics leave out. Here they are
 * generated, so that the numbers of files and people leave them out, too; the bytes of languages are the same.
 */
export const lockFiles: readonly RegExp[] = [
  /(?:^|\/)(?:yarn|Gemfile|Podfile|pubspec)\.lock$/,
  /(?:^|\/)packages\.lock\.json$/,
  /(?:^|\/)go(?:\.work)?\.sum$/,
  /\.snap$/,
]
