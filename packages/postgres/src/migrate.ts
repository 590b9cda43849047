import { createHash } from "node:crypto"
import type { Database, Migration, Transaction } from "@assay/core"
import { AssayError } from "@assay/core"

/**
 * Brings the schema `assay` up to date: applies the migrations that are not recorded yet, each in one transaction with its
 * record. Those of one owner in the order of their ids; the owners in the order in which they are given, because the tables of one
 * may refer to those of another. Returns the ids it applied. Tables of other schemas are never touched.
 *
 * Any number of processes may do this at once: one works, the others wait and find it done. Each package brings its own
 * migrations and may be migrated by itself; records of migrations that are not in `migrations` are none of its business.
 *
 * Rejects with `UNSUPPORTED` when a recorded migration was another text than the one given here (somebody edited history),
 * and when the database holds a later migration of the same owner (`core-0007-…` where `core-0006-…` is the last known):
 * a newer version of the software has been here, and what it changed is unknown to this one.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const owners = [...new Set(migrations.map(({ id }) => ownerOf(id)))]
  const wanted = owners.flatMap((owner) =>
    migrations.filter(({ id }) => ownerOf(id) === owner).sort((a, b) => (a.id < b.id ? -1 : 1)),
  )
  refuseDuplicates(wanted)
  const recorded = await readRecords(database)
  refuseNewer(wanted, recorded)
  const missing = missingOf(wanted, recorded)
  const applied: string[] = []
  for (const migration of missing) {
    const fresh = await database.transaction(async (transaction) => {
      // Until the end of the transaction. The number means nothing, except to be ours.
      await transaction.query("select pg_advisory_xact_lock(4702111234474983745)")
      await transaction.exec(recordsTable)
      // Asked again now that it is our turn: another process may have applied it since.
      if (missingOf([migration], await readRecords(transaction)).length === 0) return false
      await transaction.exec(migration.sql)
      await transaction.query("insert into assay.migrations (id, hash) values ($1, $2)", [
        migration.id,
        hashOf(migration),
      ])
      return true
    })
    if (fresh) applied.push(migration.id)
  }
  return applied
}

interface Recorded {
  id: string
  hash: string
}

async function readRecords(database: Transaction): Promise<Recorded[]> {
  const [table] = await database.query<{ name: string | null }>("select to_regclass('assay.migrations')::text as name")
  return table?.name ? database.query<Recorded>("select id, hash from assay.migrations") : []
}

// An administrator may have made the schema for a role that may not make schemas.
const recordsTable = `
  do $$ begin
    if to_regnamespace('assay') is null then create schema assay; end if;
  end $$;
  create table if not exists assay.migrations (
    id text primary key,
    hash text not null,
    applied_at timestamptz(3) not null default now()
  );`

/** Indentation and line ends are not what a migration says. */
function hashOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql.replace(/\s+/g, " ").trim()).digest("hex")
}

/** Those not recorded yet. */
function missingOf(wanted: readonly Migration[], recorded: readonly Recorded[]): Migration[] {
  const hashes = new Map(recorded.map(({ id, hash }) => [id, hash]))
  const changed = wanted.find((migration) => (hashes.get(migration.id) ?? hashOf(migration)) !== hashOf(migration))
  if (changed) {
    throw new AssayError("UNSUPPORTED", `Migration ${changed.id} was applied to this database with another text.`, {
      hint: "A published migration is never changed. Add a new one, or start from an empty schema.",
    })
  }
  return wanted.filter(({ id }) => !hashes.has(id))
}

function refuseNewer(wanted: readonly Migration[], recorded: readonly Recorded[]): void {
  const last = new Map(wanted.map(({ id }) => [ownerOf(id), id]))
  const newer = recorded.find(({ id }) => id > (last.get(ownerOf(id)) ?? id))
  if (newer) {
    throw new AssayError(
      "UNSUPPORTED",
      `This database was used by a newer version of Assay (it has migration ${newer.id}).`,
      {
        hint: "Run that version or a later one, or use another database.",
      },
    )
  }
}

function refuseDuplicates(sorted: readonly Migration[]): void {
  const twice = sorted.find((migration, index) => migration.id === sorted[index - 1]?.id)
  if (twice) throw new TypeError(`There are two migrations ${twice.id}.`)
}

/** `core-0001-jobs` → `core` */
function ownerOf(id: string): string {
  return id.replace(/-\d+(-.*)?$/, "")
}
