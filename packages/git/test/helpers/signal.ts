/** Something to wait for that a test brings about itself. */
export interface Signal<Value> {
  promise: Promise<Value>
  resolve(value: Value | Promise<Value>): void
}

export function createSignal<Value = void>(): Signal<Value> {
  let resolve!: Signal<Value>["resolve"]
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
