/** The nine that every lineage has. */
export const builtInAgents = [
  "codebase_qna_agent",
  "debugging_agent",
  "unit_test_agent",
  "integration_test_agent",
  "LLD_agent",
  "code_changes_agent",
  "code_generation_agent",
  "general_purpose_agent",
  "sweb_debug_agent",
]

/** GET /list-available-agents */
export function agentsRoute(): object[] {
  return builtInAgents.map((id) => ({
    id,
    name: id.replaceAll("_", " "),
    description: `A made-up description of ${id}.`,
    status: "SYSTEM",
    visibility: null,
  }))
}
