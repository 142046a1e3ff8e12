/** The examples of docs/edi.md, so that the page cannot drift from the code. */
import { readFileSync } from 'node:fs'

const PAGE = readFileSync(new URL('../../docs/edi.md', import.meta.url), 'utf8')

/** The first (or given) example under a heading, as one line. */
export function exampleIn(heading: string, index = 0): string {
  const section = PAGE.split(/^### /m).find((text) => text.startsWith(`${heading}\n`))
  const block = [...(section ?? '').matchAll(/```x12\n(.*?)```/gs)][index]?.[1]
  if (block === undefined) throw new Error(`docs/edi.md has no example ${index} under "${heading}"`)
  return block.replaceAll('\n', '')
}
