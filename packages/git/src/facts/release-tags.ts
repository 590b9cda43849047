/** `v1.2`, `1.2.3-rc.1`, `package@4.0.0`: a tag that names a version. */
const release = /^(.*[/@_-])?v?\d+(\.\d+){1,3}([-+.].*)?$/

/** Whether a tag names a release. */
export function isRelease(name: string): boolean {
  return release.test(name)
}
