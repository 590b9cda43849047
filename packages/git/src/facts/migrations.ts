import type { Migration } from "@assay/core"
import { insightsTable } from "../insights/insights-table.js"
import { packedHistory } from "./packed-history.js"

/**
 * The tables of facts. They refer to `assay.repositories`, so they come after the migrations of the repository store.
 *
 * A repository's snapshots are numbered 1, 2, 3 … A row that says `added_in` and `removed_in` belongs to the snapshots
 * from the one, up to but without the other. Rows of other tables belong to the row they name.
 * Ids are counted per repository, by the one job that may write it, so that no repository depends on another.
 *
 * There are no foreign keys between facts: checking each of a million rows costs more than reading them from git.
 */
export const gitMigrations: readonly Migration[] = [
  {
    id: "git-0001-facts",
    sql: `
      create table assay.snapshots (
        id bigint generated always as identity primary key,
        tenant text not null,
        repository_id int not null references assay.repositories (id),
        number int not null check (number > 0),
        state text not null check (state in ('building', 'ready', 'superseded')),
        -- What the rules for reading facts were. Facts read by other rules are read again.
        format int not null,
        job_id text not null,
        fence int not null,
        -- All zeros for a repository without commits.
        commit_oid bytea not null,
        -- The commit whose facts were built upon; null if everything was read.
        base_oid bytea,
        committed_at timestamptz(3),
        branch text not null,
        commits int not null default 0,
        merge_commits int not null default 0,
        contributors int not null default 0,
        files int not null default 0,
        lines bigint not null default 0,
        additions bigint not null default 0,
        deletions bigint not null default 0,
        created_at timestamptz(3) not null default now(),
        published_at timestamptz(3),
        unique (repository_id, number),
        check ((state = 'building') = (published_at is null))
      );
      create unique index snapshots_building on assay.snapshots (repository_id) where state = 'building';
      create unique index snapshots_ready on assay.snapshots (repository_id) where state = 'ready';

      create table assay.paths (
        tenant text not null,
        repository_id int not null,
        id int not null,
        path text collate "C" not null,
        primary key (repository_id, id)
      );
      -- Over a digest, because a path may be longer than an index entry. Not unique, because digests may be made to agree.
      create index paths_path on assay.paths (repository_id, (md5(path)::uuid));

      -- Who commits say they are by, before any .mailmap.
      create table assay.identities (
        tenant text not null,
        repository_id int not null,
        id int not null,
        name text collate "C" not null,
        email text collate "C" not null,
        primary key (repository_id, id)
      );

      create table assay.commits (
        tenant text not null,
        repository_id int not null,
        id int not null,
        oid bytea not null,
        merge boolean not null,
        author_id int not null,
        authored_at timestamptz(3) not null,
        -- What the author's clock was ahead of UTC by, in minutes.
        author_offset smallint not null,
        committed_at timestamptz(3) not null,
        additions bigint not null,
        deletions bigint not null,
        added_in int not null,
        removed_in int,
        primary key (repository_id, id)
      );
      create unique index commits_oid on assay.commits (repository_id, oid) where removed_in is null;
      create index commits_removed on assay.commits (repository_id, removed_in) where removed_in is not null;

      -- What non-merge commits did to paths, with renames detected at 50 %.
      create table assay.changes (
        tenant text not null,
        repository_id int not null,
        commit_id int not null,
        path_id int not null,
        -- Only of a rename.
        old_path_id int,
        status "char" not null check (status in ('A', 'M', 'D', 'R', 'C', 'T')),
        -- A file, a symbolic link or a submodule.
        kind "char" not null check (kind in ('f', 'l', 's')),
        -- Lines; null for binary files.
        added int,
        deleted int
      );
      create index changes_commit on assay.changes (repository_id, commit_id);
      create index changes_path on assay.changes (repository_id, path_id);
      create index changes_old_path on assay.changes (repository_id, old_path_id) where old_path_id is not null;

      -- Regular files at the snapshots' commits.
      create table assay.files (
        tenant text not null,
        repository_id int not null,
        path_id int not null,
        oid bytea not null,
        executable boolean not null,
        bytes bigint not null,
        -- As git compares with the empty tree; null for binary files.
        lines int,
        language text,
        -- Counts towards the languages of the repository.
        detectable boolean not null,
        vendored boolean not null,
        generated boolean not null,
        documentation boolean not null,
        added_in int not null,
        removed_in int,
        primary key (repository_id, path_id, added_in)
      );
      create index files_removed on assay.files (repository_id, removed_in) where removed_in is not null;

      -- Whom the snapshot's .mailmap takes an identity for. A person has the id of one of its identities.
      create table assay.people (
        tenant text not null,
        repository_id int not null,
        snapshot int not null,
        identity_id int not null,
        person_id int not null,
        name text collate "C" not null,
        email text collate "C" not null,
        bot boolean not null,
        primary key (repository_id, snapshot, identity_id)
      );

      -- People with a non-merge commit, counted.
      create table assay.contributors (
        tenant text not null,
        repository_id int not null,
        snapshot int not null,
        person_id int not null,
        name text collate "C" not null,
        email text collate "C" not null,
        bot boolean not null,
        commits int not null,
        additions bigint not null,
        deletions bigint not null,
        files_touched int not null,
        first_commit_at timestamptz(3) not null,
        last_commit_at timestamptz(3) not null,
        primary key (repository_id, snapshot, person_id)
      );

      -- Paths that are gone, and the file that they were renamed to in the end.
      create table assay.former_paths (
        tenant text not null,
        repository_id int not null,
        snapshot int not null,
        path_id int not null,
        current_path_id int not null,
        primary key (repository_id, snapshot, path_id)
      );`,
  },
  packedHistory,
  insightsTable,
]
