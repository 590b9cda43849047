/** The condition under which rows of `table` belong to the snapshot `$2`. */
export function inSnapshot(table: "files" | "file_lines" | "ledger_blocks"): string {
  return `${table}.added_in <= $2 and (${table}.removed_in is null or ${table}.removed_in > $2)`
}
