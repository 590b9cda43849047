import { defineInsight } from "../insight-definition.js"
import { findSameNames } from "../metrics/same-names.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const identities = defineInsight({
  name: "identities",
  version: 1,
  early: true,
  title: "Identities",
  definition:
    "Each name and address that commits give for an author or co-author, and the person that it belongs to: by the address that the .mailmap of the snapshot, and then the operator's aliases, make of it, compared without case. People of one name are never joined by that alone; they are suggestions.",
  takes: { bots: take.botsShown, now: take.now, branch: take.branch },
  values: {
    identities: "pairs of name and address",
    people: "people they belong to",
    bots: "of these people, programs",
    merged: "people with more than one identity",
    suggestions: "people who have one name and may be one person: `name` and `emails`",
  },
  columns: {
    name: "as commits say it",
    email: "as commits say it",
    personName: "the name of the person",
    personEmail: "the address of the person, in lower case",
    bot: "a program",
    commits: "non-merge commits with exactly this identity",
    mergedBy:
      "why the identity is not a person of its own: `mailmap`, `aliases`, `case`; null when it gave its address to the person",
  },
  async compute(context, parameters) {
    const people = await context.people()
    const commits = await context.facts.commitsOfIdentities()
    const rows = people.identities.flatMap((all, person) => {
      const bot = people.bot[person] === 1
      if (parameters.bots !== "show" && bot === (parameters.bots === "hide")) return []
      return all.map((identity) => {
        const email = people.email[person]!
        const lower = identity.email.toLowerCase()
        const mergedBy =
          lower === email
            ? identity.email === email
              ? null
              : "case"
            : identity.personEmail === email
              ? "mailmap"
              : "aliases"
        return {
          ...{ name: identity.name, email: identity.email, personName: people.name[person]!, personEmail: email },
          ...{ bot, commits: commits.get(identity.id) ?? 0, mergedBy },
        }
      })
    })
    const shown = new Set(rows.map(({ personEmail }) => personEmail))
    const bots = people.email.filter((email, person) => people.bot[person] === 1 && shown.has(email)).length
    return {
      values: {
        identities: rows.length,
        people: shown.size,
        bots,
        merged: people.identities.filter((all, person) => all.length > 1 && shown.has(people.email[person]!)).length,
        suggestions: findSameNames(people, (person) => shown.has(people.email[person]!)).map((same) => ({ ...same })),
      },
      rows: sortRows(rows, [
        ["personEmail", "asc"],
        ["commits", "desc"],
        ["email", "asc"],
        ["name", "asc"],
      ]),
      exclusions: [],
    }
  },
})
