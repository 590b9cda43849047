// Data of github-linguist after 9.6.0 (commit b45dbe9b2 of 2026-08-20), lib/linguist/documentation.yml:
// https://github.com/github-linguist/linguist
// Copyright (c) 2017 GitHub, Inc., MIT License: see NOTICE.

/** Paths of documentation. */
export const documentationPaths: readonly RegExp[] = [
  /^[Dd]ocs?\//,
  /(?:^|\/)[Dd]ocumentation\//,
  /(?:^|\/)[Gg]roovydoc\//,
  /(?:^|\/)[Jj]avadoc\//,
  /^[Mm]an\//,
  /^[Ee]xamples\//,
  /^[Dd]emos?\//,
  /(?:^|\/)inst\/doc\//,
  /(?:^|\/)CITATION(?:\.cff|S?(?:\.(?:bib|md))?)$/,
  /(?:^|\/)CHANGE(?:S|LOG)?(?:\.|$)/,
  /(?:^|\/)CONTRIBUTING(?:\.|$)/,
  /(?:^|\/)COPYING(?:\.|$)/,
  /(?:^|\/)INSTALL(?:\.|$)/,
  /(?:^|\/)LICEN[CS]E(?:\.|$)/,
  /(?:^|\/)[Ll]icen[cs]e(?:\.|$)/,
  /(?:^|\/)README(?:\.|$)/,
  /(?:^|\/)[Rr]eadme(?:\.|$)/,
  /^[Ss]amples?\//,
]
