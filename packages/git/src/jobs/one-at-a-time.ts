/**
 * Lets only one of these pieces of work run at a time, in the order in which they were asked for. After one has failed no other
 * begins: it may build upon what the failed one has not written.
 */
export function createOneAtATime(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result
    // Whoever asked for the work sees its failure; the next one in the row gets it as well.
    last.catch(() => {})
    return result
  }
}
