import { PotpieError } from "../errors.js"

/** @throws PotpieError `INVALID_INPUT` if the text is missing or blank. */
export function checkText(value: string, path: string): void {
  if (typeof value === "string" && value.trim() !== "") return
  throw invalidInput(path, "must be a text that is not blank")
}

export function invalidInput(path: string, message: string, hint?: string): PotpieError {
  const issues = [{ path: [path], message }]
  return new PotpieError("INVALID_INPUT", `The call is not valid at ${path}: it ${message}.`, { issues, hint })
}
