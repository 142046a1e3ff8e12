/** The head of every page-one that leaves the aggregator: seal, name, address, a rule. */
import { ACCENT, MUTED } from './faces.js'
import type { Pdf } from './pdf-file.js'
import type { Tagging } from './tag-tree.js'
import { drawLines, breakLines, drawRun, widthOf } from './type-setting.js'
import { drawSeal } from './village-seal.js'

export interface Letterhead {
  readonly name: string
  readonly shortName: string
  /** Street first, then city with state and ZIP code. */
  readonly addressLines: readonly string[]
  readonly phone: string
}

export const PAGE = { width: 612, height: 792, left: 54, right: 558 } as const

/** Draws it from y 30 to 100; gives the y under its rule. */
export function drawLetterhead(pdf: Pdf, tags: Tagging, head: Letterhead, program: string): number {
  tags.leaf('Figure', () => drawSeal(pdf, head.name, placeOf(head), 86, 64, 32), { alt: `Seal of the ${head.name}` })
  const size = fitting(pdf, head.name, 23, 250)
  tags.leaf('P', () => {
    pdf.fillColor(ACCENT)
    drawRun(pdf, head.name, 'serif-bold', size, 130, 66)
    pdf.fillColor(MUTED)
    drawRun(pdf, program, 'sans', 10.5, 130.5, 82)
  })
  tags.leaf('P', () => {
    const style = { face: 'sans', bold: 'sans-bold', size: 8.5, leading: 11.5, color: MUTED, align: 'right' } as const
    const lines = [...head.addressLines, `Telephone ${head.phone}`].flatMap((line) => breakLines(pdf, line, 170, style))
    drawLines(pdf, lines, PAGE.right - 170, 84 - lines.length * style.leading, 170, style)
  })
  tags.artifact(() => pdf.moveTo(PAGE.left, 104).lineTo(PAGE.right, 104).lineWidth(1.1).stroke(ACCENT))
  return 104
}

/** The state's name from the last address line, for the foot of the seal. */
export function placeOf(head: Pick<Letterhead, 'addressLines'>): string {
  return /,\s*([A-Za-z. ]+?)\s*\d*(-\d+)?$/.exec(head.addressLines.at(-1) ?? '')?.[1] ?? ''
}

/** The largest size up to `size` at which the text is no wider than the room. */
export function fitting(pdf: Pdf, text: string, size: number, room: number): number {
  return Math.min(size, (size * room) / Math.max(room, widthOf(pdf, text, 'serif-bold', size)))
}
