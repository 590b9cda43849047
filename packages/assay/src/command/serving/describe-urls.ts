import { padEnd } from "../../output/printable.js"
import type { Style } from "../../output/style.js"

/** What to open or to call next. */
export function describeUrls(url: string, options: { style: Style; repositoryId: number | undefined }): string {
  const { style, repositoryId } = options
  const repository = `${url}/api/v1/repositories/${repositoryId}`
  const rows =
    repositoryId === undefined
      ? [
          [`${url}/docs`, "the API, to read and to try"],
          [`${url}/api/v1/repositories`, "the repositories"],
        ]
      : [
          [`${url}/docs`, "the API, to read and to try"],
          [repository, "this repository"],
          [`${repository}/stats/contributors`, "who works on it"],
          [`${repository}/stats/churn`, "what changes most"],
          [`${repository}/stats/bus-factor`, "whom it depends on"],
        ]
  const width = Math.max(...rows.map(([address]) => address!.length))
  return rows.map(([address, what]) => `  ${style.cyan(padEnd(address!, width))}  ${style.dim(what!)}`).join("\n")
}
