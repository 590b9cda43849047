/**
 * `v1.2`, `1.2.3-rc.1`, `package@4.0.0`: a tag that names a version. A dot is followed by digits only: otherwise `2.0.0rc3` would be
 * the stable release 2.0.
 */
const release = /^(.*[/@_-])?v?\d+(\.\d+){1,3}([-+].*)?$/

/** What a tag names: a version, one that is not yet meant for everybody (something follows it after `-`), or neither. */
export function kindOfTag(name: string): "release" | "prerelease" | "other" {
  const match = release.exec(name)
  if (!match) return "other"
  return match[3]?.startsWith("-") ? "prerelease" : "release"
}

/** Whether a tag names a release, be it a stable one or not. */
export function isRelease(name: string): boolean {
  return kindOfTag(name) !== "other"
}
