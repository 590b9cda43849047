export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** Something to wait for, and somebody to say that it happened. */
export function aGate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
