import { expect, test } from "vitest"
import { isBot, personKey } from "../../src/facts/person.js"

test.each([
  ["dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"],
  ["Renovate Bot", "renovate@whitesourcesoftware.com"],
  ["GitHub", "noreply@github.com"],
  ["someone", "x[bot]@users.noreply.github.com"],
])("takes %s <%s> for a program", (name, email) => expect(isBot({ name, email })).toBe(true))

test.each([
  ["Bob Bottom", "bob@bot.example"],
  ["robot", "robot@example.org"],
  ["[bot] fan", "fan@example.org"],
])("takes %s <%s> for a person", (name, email) => expect(isBot({ name, email })).toBe(false))

test("compares addresses without regard to case", () => {
  expect(personKey({ name: "A", email: "Ann@Example.ORG" })).toBe(personKey({ name: "B", email: "ann@example.org" }))
})
