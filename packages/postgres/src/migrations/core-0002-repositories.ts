import type { Migration } from "@assay/core"

export const repositoriesMigration: Migration = {
  id: "core-0002-repositories",
  sql: `
    create table assay.repositories (
      id bigint generated always as identity primary key,
      tenant text not null,
      url text not null,
      key text not null,
      name text not null,
      default_branch text,
      trusted boolean not null,
      snapshot json,
      indexed_at timestamptz(3),
      idempotency_key text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check ((snapshot is not null) = (indexed_at is not null))
    );
    create unique index repositories_key on assay.repositories (tenant, key);
    create unique index repositories_idempotency_key on assay.repositories (tenant, idempotency_key)
      where idempotency_key is not null;
    create index repositories_indexed on assay.repositories (tenant, indexed_at desc nulls last, id desc);
  `,
}
