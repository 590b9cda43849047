import type { Git, RepositoryFolder } from "../process/git.js"

/** Our bare copy of one remote repository. All readers take one. */
export interface Mirror extends RepositoryFolder {
  readonly id: string
  readonly git: Git
}
