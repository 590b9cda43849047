/** Calls `work` once, when the stream is closed; at once, if it is already: its event does not come again. */
export function whenClosed(
  stream: { readonly closed: boolean; once(event: "close", listener: () => void): unknown },
  work: () => void,
): void {
  if (stream.closed) work()
  else stream.once("close", work)
}
