const scripts = new URL("../../../../scripts/bootstrap/", import.meta.url)

/** Examples run on built packages, as everybody else's programs do. `npm test` has built them already. */
export async function buildPackages(): Promise<void> {
  const { oneAtATime } = await import(new URL("one-at-a-time.mjs", scripts).href)
  const { buildPackages: build } = await import(new URL("build-packages.mjs", scripts).href)
  await oneAtATime(() => build({ types: false }))
}
