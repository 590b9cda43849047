export { createAssay } from "./create-assay.js"
export type { Assay, RegisterOptions, RepositoryJob, RepositoryResults, WorkOptions } from "./assay.js"
export { assayOptions } from "./assay-options.js"
export type { AssayOptions, GitSettings } from "./assay-options.js"

// Settings, for programs that are configured like the command
export { readSettings } from "./settings/read-settings.js"
export type { ReadSettingsOptions, SettingsReading } from "./settings/read-settings.js"
export type { SettingName, Settings } from "./settings/settings-schema.js"

// Errors
export { SetupError } from "./errors.js"
export type { SetupErrorCode, SetupErrorOptions } from "./errors.js"
export { SettingsError } from "./settings/settings-error.js"
export type { SettingProblem } from "./settings/settings-error.js"
