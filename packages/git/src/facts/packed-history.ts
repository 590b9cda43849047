/**
 * Replaces the row per change by packed blocks. What was read in the old form cannot be turned into the new one, because it
 * lacks ranks and co-authors; it goes, and so do the published snapshots that were made of it: their repositories count as
 * not indexed until their next job has read them again.
 */
export const packedHistory = {
  id: "git-0002-packed-history",
  sql: `
    drop table assay.changes;
    drop table assay.former_paths;
    truncate assay.commits, assay.files, assay.people, assay.contributors, assay.paths, assay.identities;
    update assay.repositories set snapshot = null, indexed_at = null
      where id in (select repository_id from assay.snapshots where state = 'ready' and format < 2);
    delete from assay.snapshots where state = 'building';
    update assay.snapshots set state = 'superseded' where state = 'ready';
    -- Why the lines counted along the first parents are not those of the files; null if they are, as they should be.
    alter table assay.snapshots add column lines_fault text;
    -- All commits and people are known, though not yet what the commits changed.
    alter table assay.snapshots add column first_facts boolean not null default false;
    -- Some files have the lines of a stretch of the chain that is not written yet; what was counted cannot be gone on from.
    alter table assay.snapshots add column lines_unfinished boolean not null default false;

    -- Which commits there are, and when they came and went. What else is known of them is in their blocks.
    alter table assay.commits
      drop column merge, drop column author_id, drop column authored_at, drop column author_offset,
      drop column committed_at, drop column additions, drop column deletions,
      -- The corrected commit date, in seconds.
      add column rank bigint not null;

    -- Some hundred commits with consecutive ids. Those that the snapshot no longer has are skipped when it is read.
    create table assay.history_blocks (
      -- Never used twice, so that what was decoded once may be kept by it.
      id bigint generated always as identity,
      tenant text not null,
      repository_id int not null,
      number int not null,
      first_commit_id int not null,
      commits int not null,
      -- Who and when: written before any change is read.
      commit_data bytea not null,
      -- Null as long as the changes have not been read.
      change_data bytea,
      added_in int not null,
      primary key (repository_id, number)
    );
    -- They are packed already.
    alter table assay.history_blocks alter column commit_data set storage external;
    alter table assay.history_blocks alter column change_data set storage external;

    -- A stretch of the first-parent chain: what was born, and what died, at each of its commits.
    create table assay.ledger_blocks (
      tenant text not null,
      repository_id int not null,
      number int not null,
      first_position int not null,
      commits int not null,
      -- Of the last commit, for the next one to go on from.
      last_oid bytea not null,
      last_time float8 not null,
      -- In all: what the files should have is the one less the other.
      lines_added bigint not null,
      lines_died bigint not null,
      data bytea not null,
      added_in int not null,
      removed_in int,
      primary key (repository_id, number)
    );
    alter table assay.ledger_blocks alter column data set storage external;

    -- When the lines of a text file were born.
    create table assay.file_lines (
      tenant text not null,
      repository_id int not null,
      path_id int not null,
      data bytea not null,
      added_in int not null,
      removed_in int,
      primary key (repository_id, path_id, added_in)
    );
    create index file_lines_removed on assay.file_lines (repository_id, removed_in) where removed_in is not null;

    alter table assay.files
      drop column vendored, drop column generated, drop column documentation,
      -- Lines with a byte that is not white space, and how deeply they are indented; null for binary files.
      add column sloc int,
      add column indentation_sum bigint,
      add column indentation_sd float8,
      add column indentation_max int,
      -- Why it is none of the authors' own work; null if it is.
      add column excluded text check (excluded in ('vendored', 'generated', 'documentation')),
      add column excluded_reason text,
      add column lfs boolean not null,
      add check ((excluded is null) = (excluded_reason is null));

    create table assay.tags (
      tenant text not null,
      repository_id int not null,
      snapshot int not null,
      name text collate "C" not null,
      commit_oid bytea not null,
      created_at timestamptz(3) not null,
      -- Of a release: the commit of the release before it, and the non-merge commits that came since with their authors.
      since_oid bytea,
      since_commits int,
      since_authors int[],
      primary key (repository_id, snapshot, name)
    );`,
}
