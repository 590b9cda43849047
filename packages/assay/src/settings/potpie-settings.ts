import { duration, oneOf, optional, reading, text, withDefault, yesOrNo } from "./setting.js"

/** What is needed to put questions about repositories to Potpie. */
export const potpieSettings = {
  POTPIE_API_KEY: optional(
    reading((value) => (/^[\x21-\x7e]+$/.test(value) ? value : undefined)),
    {
      group: "Potpie",
      about:
        "The key for Potpie's API. Without it no questions are taken: `POST /analyze` answers 503 and makes no job. Workers need it, and API processes to know that there is one.",
      accepts: "a key of visible ASCII characters",
      otherwise: "none: no questions are taken",
      secret: true,
    },
  ),
  POTPIE_BASE_URL: withDefault(reading(baseUrl), "https://production-api.potpie.ai", {
    group: "Potpie",
    about: "Where Potpie is: the hosted API, or a server of your own.",
    accepts: "an http or https URL",
  }),
  CUSTOM_AGENT_ID: optional(text(), {
    group: "Potpie",
    about: "Which of Potpie's agents is asked.",
    accepts: "the id of an agent",
    example: "codebase_qna_agent",
    otherwise: "the one that Potpie takes by itself",
  }),
  REQUEST_TIMEOUT: withDefault(duration(1000), "5m", {
    group: "Potpie",
    about: "How long Potpie may take for an answer. One that takes longer is lost, and billed all the same.",
    accepts: "a duration of a second or more, such as 90s or 10m; a number alone counts milliseconds",
  }),
  ASSAY_POTPIE_PARSE_TIMEOUT: withDefault(duration(1000), "1h", {
    group: "Potpie",
    about: "How long Potpie may take to parse a repository before the analysis fails.",
    accepts: "a duration of a second or more, such as 30m or 2h",
  }),
  ASSAY_POTPIE_UNCERTAIN: withDefault(oneOf(["fail", "ask-again"]), "fail", {
    group: "Potpie",
    about:
      "What becomes of an analysis whose worker died after its question may have been sent: `fail` leaves it to a person to run it again, `ask-again` asks once more and may be billed twice.",
    accepts: "fail or ask-again",
  }),
  POTPIE_FORWARD_GITHUB_TOKEN: withDefault(yesOrNo(), "0", {
    group: "Potpie",
    about:
      "1 also sends the `github_token` of a request to Potpie, which no known version of it makes use of. It is for our own copy of the repository otherwise.",
    accepts: "1 or 0",
  }),
}

function baseUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined
  const { protocol, username, password, search, hash } = new URL(value)
  return /^https?:$/.test(protocol) && username + password + search + hash === "" ? value : undefined
}
