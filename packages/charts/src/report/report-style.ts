import { colourProperties, paintRules } from "../drawing/chart-style.js"
import { palette } from "../drawing/palette.js"

const names = Object.keys(palette)
const light = `${colourProperties(names, "light")}color-scheme:light;`
const dark = `${colourProperties(names, "dark")}color-scheme:dark;`

/**
 * The style sheet of reports. It is the same in all of them, because the content security policy allows it by its hash. The theme is
 * switched by radio buttons that the style sheet looks at: the page has no script.
 */
export function reportStyle(): string {
  return (
    `:root{${light}}@media(prefers-color-scheme:dark){:root{${dark}}}` +
    `:root:has(#theme-light:checked){${light}}:root:has(#theme-dark:checked){${dark}}@media print{:root:root{${light}}}` +
    paintRules() +
    layout.replace(/\n\s*/g, "")
  )
}

/** Of `reportStyle()`, in base64. A test compares them, and says what it has to be. */
export const reportStyleHash = "sha256-tPSqynDoVCceMO3zNOJ/NyDGwMBzS1gA2KyiVDxd/NA="

const layout = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;background:var(--assay-surface);color:var(--assay-text);scroll-behavior:smooth}
@media(prefers-reduced-motion){html{scroll-behavior:auto}}
body{margin:0 auto;max-width:1180px;padding:24px 20px 64px;font:15px/1.5 Helvetica,Arial,"Liberation Sans",Arimo,sans-serif;overflow-wrap:anywhere}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}
h2{font-size:19px;margin:0 0 2px}
h3{font-size:15px;margin:16px 0 4px}
p{margin:4px 0}
a{color:var(--assay-accent)}
:focus-visible{outline:2px solid var(--assay-accent);outline-offset:2px}
.quiet{color:var(--assay-muted);font-size:13px}
.top{display:flex;flex-wrap:wrap;gap:12px 24px;justify-content:space-between;align-items:flex-start}
.skip{position:absolute;left:-999px}.skip:focus{position:static}
fieldset{border:1px solid var(--assay-line);border-radius:8px;margin:0;padding:0;display:flex}
fieldset label{padding:4px 10px;min-height:28px;display:flex;gap:6px;align-items:center;font-size:13px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:1px;margin:20px 0;padding:0;border:1px solid var(--assay-grid);border-radius:10px;overflow:hidden}
.figures div{box-shadow:0 0 0 1px var(--assay-grid);padding:12px 16px}
.figures dt{color:var(--assay-muted);font-size:13px}
.figures dd{margin:0;font-size:24px;font-weight:bold;line-height:1.25}
.figures dd small{display:block;font-size:12px;font-weight:normal;color:var(--assay-muted)}
.sections{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px}
section{border:1px solid var(--assay-grid);border-radius:10px;padding:16px;min-width:0;grid-column:1/-1;break-inside:avoid-page}
.half{grid-column:auto}
@media(max-width:900px){.half{grid-column:1/-1}}
.remarks ol{margin:6px 0 0;padding-left:22px}
.remarks li{margin:4px 0}
dl.values{display:flex;flex-wrap:wrap;gap:2px 20px;margin:8px 0;font-size:14px}
dl.values div{display:flex;gap:6px}
dl.values dt{color:var(--assay-muted)}
dl.values dd{margin:0;font-weight:bold}
figure{margin:12px -4px}
figure svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
@media(max-width:640px){body{padding:16px 10px 40px}section{padding:12px 10px}figure .wide{display:none}figure .narrow{display:block}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:20px}}
details{margin-top:8px;border-top:1px solid var(--assay-grid);padding-top:6px}
summary{cursor:pointer;min-height:24px;color:var(--assay-accent);font-size:14px}
.scroll{overflow-x:auto;max-height:520px}
table{border-collapse:collapse;font-size:13px;width:100%;margin-top:6px}
caption{text-align:left;color:var(--assay-muted);padding:4px 0}
th,td{padding:5px 18px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--assay-grid);overflow-wrap:break-word;min-width:60px}
td.text{min-width:110px}
thead th{border-bottom:1px solid var(--assay-line);white-space:nowrap;position:sticky;top:0;background:var(--assay-surface)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:12px/1.5 "Liberation Mono",Menlo,Consolas,monospace}
footer{margin-top:28px}
@media print{body{max-width:none;padding:0;font-size:11px}fieldset,.skip{display:none}.scroll{max-height:none;overflow:visible}section{border-color:var(--assay-line)}details:not([open]){display:none}a{color:inherit;text-decoration:none}}
`
