import type { Identity } from "../parse/parse-log.js"

const botName = /\[bot\]$/i
const botEmail = /\[bot\]@|^(?:dependabot|renovate|github-actions|greenkeeper|snyk-bot|noreply@github\.com)/i

/** Whether it is a program that commits. Programs are counted, but not ranked among people. */
export function isBot({ name, email }: Identity): boolean {
  return botName.test(name) || botEmail.test(email)
}

/** One for all identities of a person, after the .mailmap. Equal names do not make one person: two may be called Alex. */
export function personKey({ email }: Identity): string {
  return email.toLowerCase()
}
