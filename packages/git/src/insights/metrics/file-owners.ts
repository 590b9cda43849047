import type { People } from "../people.js"
import { compareBytes } from "../people.js"

export interface FileOwners {
  /** The fewest owners whose files are `threshold` of those that have one; 0 when none has. */
  readonly fileOwners: number
  /** Most files first, then by address. */
  readonly owners: readonly { readonly person: number; readonly files: number }[]
  /** Files that have an owner. */
  readonly owned: number
}

/** How many people own at least `threshold` of the files, where who added most lines to a file owns it. */
export function countFileOwners(
  files: Iterable<ReadonlyMap<number, number>>,
  { people, threshold, counts }: { people: People; threshold: number; counts?: (person: number) => boolean },
): FileOwners {
  const ownedBy = new Map<number, number>()
  let owned = 0
  for (const contributions of files) {
    const owner = mainContributor(contributions, counts)
    if (owner === undefined) continue
    owned++
    ownedBy.set(owner, (ownedBy.get(owner) ?? 0) + 1)
  }
  const owners = [...ownedBy]
    .map(([person, count]) => ({ person, files: count }))
    .sort(
      (left, right) =>
        right.files - left.files || compareBytes(people.email[left.person]!, people.email[right.person]!),
    )
  let covered = 0
  let fileOwners = 0
  while (fileOwners < owners.length && covered < threshold * owned) covered += owners[fileOwners++]!.files
  return { fileOwners, owners, owned }
}

/** Who contributed most; of several, the one whose address comes first: people stand in that order. */
export function mainContributor(
  contributions: ReadonlyMap<number, number>,
  counts: (person: number) => boolean = () => true,
): number | undefined {
  let main: number | undefined
  let most = 0
  for (const [person, contribution] of contributions) {
    if (!counts(person) || contribution <= 0) continue
    if (contribution > most || (contribution === most && person < main!)) {
      main = person
      most = contribution
    }
  }
  return main
}

export type OwnerRisk = "high" | "medium" | "low" | "unknown"

export function ownerRisk(owners: number): OwnerRisk {
  if (owners === 0) return "unknown"
  if (owners === 1) return "high"
  return owners <= 3 ? "medium" : "low"
}
