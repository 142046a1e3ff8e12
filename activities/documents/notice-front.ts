/**
 * The first page of the opt-out letter: head, address for the window, the four things to know, and the price.
 *
 * The sheet is folded in a Z at 3.875 and 7.75 inches. In a #10 window envelope the panel then plays a quarter inch up and
 * down and an inch sideways: ADDRESS stays visible throughout, and nothing else comes into the window.
 */
import type { NoticeContent } from '../../domain/notice-content.js'
import { ACCENT, INK, MUTED, RULE, TINT } from './faces.js'
import { drawLetterhead, PAGE } from './letterhead.js'
import type { Pdf } from './pdf-file.js'
import type { Tagging } from './tag-tree.js'
import { breakLines, drawLines, drawParagraph } from './type-setting.js'
import type { TypeStyle } from './type-setting.js'

/** Where the letter's own lines go, in points from the top left. */
export const ADDRESS = {
  x: 72,
  top: 182,
  width: 240,
  lines: 4,
  postalTop: 184,
  firstBaseline: 206,
  leading: 11,
  size: 10,
  smallest: 8.5,
} as const
/** Folds of the sheet; the second is where the card is cut off. */
export const FOLDS = [279, 558] as const

const WIDTH = PAGE.right - PAGE.left

/** Reading text at a size of 10 to 11 points. */
export function bodyStyle(size: number): TypeStyle {
  return { face: 'serif', bold: 'serif-bold', size, leading: size * 1.285, color: INK }
}
export const HEADING: TypeStyle = { face: 'sans-bold', bold: 'sans-bold', size: 11, leading: 15, color: ACCENT }

/** The operator that opens the marked stretch of the address, and the y under the last line. */
export interface NoticeFront {
  readonly addressSlot: string
  readonly postalSlot: string
  readonly bottom: number
}

export function drawNoticeFront(pdf: Pdf, tags: Tagging, content: NoticeContent, size: number): NoticeFront {
  const body = bodyStyle(size)
  const gap = size * 0.62
  drawLetterhead(pdf, tags, content.aggregator, content.programName)
  tags.artifact(() => {
    for (const fold of FOLDS) pdf.moveTo(16, fold).lineTo(24, fold).lineWidth(0.4).stroke(RULE)
  })
  tags.leaf('P', () =>
    drawParagraph(pdf, content.letterDate, PAGE.left, 118, 300, { ...body, size: 10.5, leading: 13.5 }),
  )
  const postalSlot = tags.slot('Figure', { alt: 'Postal barcode' })
  const addressSlot = tags.slot('P')
  drawGlance(pdf, tags, content)

  let y = FOLDS[0] + 5
  const title: TypeStyle = { face: 'serif-bold', bold: 'serif-bold', size: 17, leading: 22, color: ACCENT }
  tags.leaf('H1', () => {
    y = drawParagraph(pdf, content.title, PAGE.left, y, WIDTH, title) + 7
  })
  tags.leaf('P', () => {
    y = drawParagraph(pdf, content.salutation, PAGE.left, y, WIDTH, body) + gap
  })
  const paragraph = (markup: string) =>
    tags.leaf('P', () => {
      y = drawParagraph(pdf, markup, PAGE.left, y, WIDTH, body) + gap
    })
  const heading = (text: string) =>
    tags.leaf('H2', () => {
      y = drawParagraph(pdf, text, PAGE.left, y + 2, WIDTH, HEADING) + 2
    })
  content.opening.paragraphs.forEach(paragraph)
  heading(content.price.heading)
  y = drawPriceTable(pdf, tags, content, y + 3) + gap + 2
  content.price.notes.forEach(paragraph)
  for (const section of content.front) {
    heading(section.heading)
    section.paragraphs.forEach(paragraph)
  }
  tags.leaf('P', () => {
    drawParagraph(pdf, content.turnOver, PAGE.left, 752, WIDTH, {
      face: 'sans',
      bold: 'sans-bold',
      size: 9.5,
      leading: 13,
      color: ACCENT,
      align: 'right',
    })
  })
  return { addressSlot, postalSlot, bottom: y - gap }
}

function drawGlance(pdf: Pdf, tags: Tagging, content: NoticeContent): void {
  const box = { x: 398, y: 118, width: 160, pad: 10 }
  const label: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 8.5, leading: 11, color: MUTED }
  const value: TypeStyle = { face: 'sans-bold', bold: 'sans-bold', size: 11.5, leading: 14, color: INK }
  const room = box.width - 2 * box.pad
  const rows = content.glance.map((row) => ({
    label: breakLines(pdf, row.label, room, label),
    value: breakLines(pdf, row.value, room, value),
  }))
  const height = rows.reduce(
    (sum, row) => sum + row.label.length * label.leading + row.value.length * value.leading + 5,
    2 * box.pad - 5,
  )
  tags.artifact(() => {
    pdf.rect(box.x, box.y, box.width, height).fill(TINT)
    pdf.rect(box.x, box.y, 2.5, height).fill(ACCENT)
  })
  let y = box.y + box.pad - 2
  tags.group('L', () => {
    for (const row of rows) {
      tags.group('LI', () =>
        tags.leaf('LBody', () => {
          y = drawLines(pdf, row.label, box.x + box.pad, y, room, label)
          y = drawLines(pdf, row.value, box.x + box.pad, y, room, value) + 5
        }),
      )
    }
  })
}

function drawPriceTable(pdf: Pdf, tags: Tagging, content: NoticeContent, top: number): number {
  const columns = [150, 130, 224] as const
  const left = (i: number) => PAGE.left + columns.slice(0, i).reduce((sum, width) => sum + width, 0) + 8
  const head: TypeStyle = { face: 'sans-bold', bold: 'sans-bold', size: 9, leading: 11.5, color: ACCENT }
  const cell = (i: number): TypeStyle => ({
    face: i === 1 ? 'sans-bold' : 'sans',
    bold: 'sans-bold',
    size: i === 1 ? 12 : 11,
    leading: 14,
    color: INK,
  })
  // an account of many classes has a tighter table
  const rowHeight = content.price.rows.length > 2 ? 15.5 : 19
  let y = top
  tags.group('Table', () => {
    const headings = content.price.columns.map((text, i) => breakLines(pdf, text, (columns[i] as number) - 14, head))
    const height = Math.max(...headings.map((lines) => lines.length)) * head.leading + 7
    tags.artifact(() => pdf.rect(PAGE.left, y, WIDTH, height).fill(TINT))
    tags.group('TR', () =>
      headings.forEach((lines, i) => {
        tags.leaf(
          'TH',
          () =>
            drawLines(pdf, lines, left(i), y + height - 4 - lines.length * head.leading, columns[i] as number, head),
          { scope: 'Column' },
        )
      }),
    )
    y += height
    for (const row of content.price.rows) {
      tags.group('TR', () =>
        row.forEach((text, i) => {
          tags.leaf(
            i === 0 ? 'TH' : 'TD',
            () => drawParagraph(pdf, text, left(i), y + rowHeight / 2 - 7.5, (columns[i] as number) - 14, cell(i)),
            i === 0 ? { scope: 'Row' } : {},
          )
        }),
      )
      y += rowHeight
      tags.artifact(() => pdf.moveTo(PAGE.left, y).lineTo(PAGE.right, y).lineWidth(0.5).stroke(RULE))
    }
  })
  return y
}
