/** A Standard Schema for whatever it is given. */
export const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const
