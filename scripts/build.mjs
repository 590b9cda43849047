// `npm run build`: every package, with its types, from a bare clone onwards.
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith } from "./bootstrap/problem.mjs"

await prepare({ types: !process.env.NO_DTS }).catch(exitWith)
