import { SaxesParser } from "saxes"

export interface SvgElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Its own, without that of the elements in it. */
  text: string
  readonly parent: SvgElement | undefined
}

/** All elements in the order of the document. Throws where it is no well-formed XML with namespaces. */
export function parseSvg(svg: string): SvgElement[] {
  const elements: SvgElement[] = []
  const open: SvgElement[] = []
  const parser = new SaxesParser({ xmlns: true })
  parser.on("error", (error) => {
    throw error
  })
  parser.on("opentag", ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, attribute]) => [key, attribute.value])
    const element = { name, attributes: Object.fromEntries(values), text: "", parent: open.at(-1) }
    elements.push(element)
    open.push(element)
  })
  parser.on("text", (text) => {
    const element = open.at(-1)
    if (element) element.text += text
  })
  parser.on("closetag", () => void open.pop())
  parser.write(svg).close()
  return elements
}
