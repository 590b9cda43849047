/**
 * What is known of one snapshot, as insights read it. The contract between those who write facts and those who count them:
 * everything is in columns, because a history of 80,000 commits has some 400,000 changes, and an object for each would cost more
 * than all the counting.
 */
export interface SnapshotFacts {
  readonly repositoryId: number
  readonly snapshot: SnapshotOfFacts
  /** The commits of the snapshot, those of former snapshots left out, in blocks of some hundred and in no order. */
  history(): AsyncIterable<HistoryBlock>
  /** How lines came and went along the first parents; `undefined` for a repository without commits. */
  lines(): Promise<LineLedger | undefined>
  /** When the lines of each text file at the snapshot's commit were born. In no order. */
  fileLines(): AsyncIterable<readonly FileLineBirths[]>
  /** Who the identities are in this snapshot. */
  people(): Promise<readonly IdentityFacts[]>
  /** Regular files at the snapshot's commit, by path. */
  files(): Promise<readonly FileRow[]>
  /** Tags of commits that the snapshot's commit reaches, oldest first. */
  tags(): Promise<readonly TagFacts[]>
  /** The paths of these ids; of all that there ever were without. */
  paths(ids?: Iterable<number>): Promise<ReadonlyMap<number, string>>
}

export interface SnapshotOfFacts {
  readonly number: number
  readonly commit: string
  readonly branch: string
  /** `undefined` for a repository without commits. */
  readonly committedAt: Date | undefined
}

export interface HistoryBlock {
  readonly commits: CommitColumns
  readonly changes: ChangeColumns
}

/** All columns have the same length: one entry per commit. */
export interface CommitColumns {
  readonly length: number
  /** Counted per repository, from 1. */
  readonly id: Int32Array
  /** 1 for a merge, which has no changes. */
  readonly merge: Uint8Array
  /** An identity. */
  readonly authorId: Int32Array
  /** As the author's clock claimed, in seconds since 1970. */
  readonly authoredAt: Float64Array
  /** What that clock was ahead of UTC by, in minutes. */
  readonly authorOffset: Int16Array
  /** As the committer's clock claimed, in seconds since 1970. */
  readonly committedAt: Float64Array
  /**
   * The corrected commit date of git's generation numbers: the committer's time in seconds, or a second more than the largest
   * of the parents', whichever is more. Parents come before children by it, it says the same whichever tip is read, and it is
   * nearly chronological. Commits of the same rank are ordered by `tie`.
   */
  readonly rank: Float64Array
  /** The first 48 bits of the object id. */
  readonly tie: Float64Array
  /** Where its changes begin in the columns of changes; one entry more than commits, so that each also says where they end. */
  readonly firstChange: Int32Array
  /** Co-authors (identities other than the author) by position in the block; commits without any are not in it. */
  readonly coauthors: ReadonlyMap<number, Int32Array>
}

/** What non-merge commits did to paths, with renames detected at 50 %. One entry per change. */
export interface ChangeColumns {
  readonly length: number
  readonly pathId: Int32Array
  /** Of a rename; else 0. */
  readonly oldPathId: Int32Array
  /** The code of `A`, `M`, `D`, `R` or `T`. */
  readonly status: Uint8Array
  /** The code of `f`, `l` (symbolic link) or `s` (submodule). */
  readonly kind: Uint8Array
  /** Lines; -1 for a binary file. */
  readonly added: Int32Array
  readonly deleted: Int32Array
}

/**
 * How many lines were born and died at each commit of the first-parent chain, oldest first. From it follow burndown, age,
 * survival and rework: `alive(born) = added[born] - Σ deaths of born`.
 */
export interface LineLedger {
  readonly commits: {
    readonly length: number
    readonly id: Int32Array
    readonly authorId: Int32Array
    /** The running maximum of the committers' times, in seconds since 1970: it never goes back. */
    readonly time: Float64Array
    /** Lines born. */
    readonly added: Int32Array
  }
  /** In the order in which they happened. */
  readonly deaths: {
    readonly length: number
    /** The position in the chain at which they died. */
    readonly at: Int32Array
    /** The position at which they were born. */
    readonly born: Int32Array
    readonly count: Int32Array
  }
}

export interface FileLineBirths {
  readonly pathId: number
  /** Positions in the chain, from the first line of the file to the last, as run lengths. */
  readonly born: Int32Array
  readonly count: Int32Array
}

export interface IdentityFacts {
  readonly id: number
  /** As the commits say it. */
  readonly name: string
  readonly email: string
  /** The identities with the same person are one. */
  readonly personId: number
  /** As the snapshot's .mailmap says it; the address in lower case. */
  readonly personName: string
  readonly personEmail: string
  readonly bot: boolean
}

export interface FileRow {
  readonly pathId: number
  readonly path: string
  readonly oid: string
  readonly executable: boolean
  readonly bytes: number
  /** `undefined` for binary files. */
  readonly lines: number | undefined
  /** Lines with a byte that is not white space; `undefined` for binary files. */
  readonly sloc: number | undefined
  /** Over the lines with such a byte: how deeply they are indented, in steps of four columns. `undefined` for binary files. */
  readonly indentation:
    { readonly sum: number; readonly mean: number; readonly sd: number; readonly max: number } | undefined
  readonly language: string | undefined
  /** Counts towards the languages of the repository. */
  readonly detectable: boolean
  /** Why it is none of the authors' own work, if it is not. */
  readonly excluded: { readonly what: "vendored" | "generated" | "documentation"; readonly reason: string } | undefined
  /** A pointer to a file that Git LFS keeps elsewhere. */
  readonly lfs: boolean
}

export interface TagFacts {
  readonly name: string
  /** The commit that it leads to. */
  readonly commit: string
  /** The tagger's time of an annotated tag, the committer's of another. */
  readonly createdAt: Date
  /** Non-merge commits that it reaches and the release tag before it does not, and their authors (identities). Releases only. */
  readonly since: { readonly commits: number; readonly authorIds: readonly number[] } | undefined
}
