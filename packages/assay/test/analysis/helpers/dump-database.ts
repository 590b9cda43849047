import type { PostgresDatabase } from "@assay/postgres"

/** Every row of every table that is not PostgreSQL's own, as text. */
export async function dumpDatabase(database: PostgresDatabase): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  )
  const rows: string[] = []
  for (const { name } of tables) {
    const found = await database.query<{ row: string }>(`select t::text as row from ${name} as t`)
    rows.push(...found.map(({ row }) => `${name}: ${row}`))
  }
  return rows
}
