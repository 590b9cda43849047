/**
 * Marks a statement that runs for every job. Databases of this package keep it prepared, because reading and planning it
 * takes longer than running it. The mark is a comment, so that the statement means the same to any other `Database`.
 *
 * Its text must find all rows by an index: on PGlite it is planned once, for tables of any size.
 */
export function frequent(name: string, text: string): string {
  return `${mark}${name} */ ${text}`
}

/** The name given to {@link frequent}, or `undefined` for any other statement. */
export function frequentName(text: string): string | undefined {
  return text.startsWith(mark) ? text.slice(mark.length, text.indexOf(" ", mark.length)) : undefined
}

const mark = "/* assay: "
