/** Throws a `TypeError` for anything but a full object id. Names from outside never get into git's arguments. */
export function assertObjectId(oid: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) return oid
  throw new TypeError("That is not a full object id.")
}
