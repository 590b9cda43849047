// Data of github-linguist after 9.6.0 (commit b45dbe9b2 of 2026-08-20), lib/linguist/generic.yml:
// https://github.com/github-linguist/linguist
// Copyright (c) 2017 GitHub, Inc., MIT License: see NOTICE.

/** Too common for the formats that linguist knows: what such a file is, its text or its first line must say. */
export const genericExtensions: readonly string[] = [
  ".1",
  ".2",
  ".3",
  ".4",
  ".5",
  ".6",
  ".7",
  ".8",
  ".9",
  ".action",
  ".alg",
  ".app",
  ".cmp",
  ".msg",
  ".network",
  ".resource",
  ".sol",
  ".srv",
  ".stl",
  ".tag",
  ".target",
  ".url",
]
