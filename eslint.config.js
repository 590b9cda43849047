import eslint from "@eslint/js"
import { defineConfig, globalIgnores } from "eslint/config"
import tseslint from "typescript-eslint"
import { arrowsRule } from "./scripts/lint/arrows.mjs"
import { fileNameRule } from "./scripts/lint/file-name.mjs"

const noFocusedTests = {
  selector: "MemberExpression[object.name=/^(describe|it|test|suite)$/][property.name='only']",
  message: "A focused test hides all the others from whoever comes next.",
}

export default defineConfig(
  globalIgnores(["**/dist/", "**/coverage/", "**/.assay/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  {
    plugins: { assay: { rules: { arrows: arrowsRule, "file-name": fileNameRule } } },
    rules: {
      "assay/arrows": "error",
      "assay/file-name": "error",
      eqeqeq: "error",
      // TypeScript looks for undefined names, and knows Node's.
      "no-undef": "off",
      "no-restricted-syntax": ["error", noFocusedTests],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // What would be the fourth belongs into an object that names it.
      "@typescript-eslint/max-params": ["error", { max: 3 }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["packages/*/src/**"],
    ignores: ["packages/assay/src/**"],
    // A library speaks through the logger that its host passes in.
    rules: { "no-console": "error" },
  },
)
