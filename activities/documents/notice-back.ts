/** The second page of the opt-out letter: what follows, in two columns; the ways to reply; and the card at the foot. */
import type { NoticeContent } from '../../domain/notice-content.js'
import { ACCENT, INK, MUTED, RULE, TINT } from './faces.js'
import { PAGE } from './letterhead.js'
import { bodyStyle, FOLDS, HEADING } from './notice-front.js'
import { drawNoticeCard } from './notice-card.js'
import type { NoticeCard } from './notice-card.js'
import type { Pdf } from './pdf-file.js'
import type { Tagging } from './tag-tree.js'
import { breakLines, drawLines, drawRun } from './type-setting.js'
import type { TypeLine, TypeStyle } from './type-setting.js'

const TOP = 29
const GUTTER = 20
const COLUMN = (PAGE.right - PAGE.left - GUTTER) / 2

/** The card's own places, and the y under what stands above the card. */
export interface NoticeBack extends NoticeCard {
  readonly bottom: number
}

export function drawNoticeBack(pdf: Pdf, tags: Tagging, content: NoticeContent, size: number): NoticeBack {
  const underColumns = drawColumns(pdf, tags, content, size)
  const underReplies = drawReplies(pdf, tags, content, underColumns + 6)
  return { ...drawNoticeCard(pdf, tags, content), bottom: underReplies }
}

interface Block {
  readonly type: 'H2' | 'P'
  readonly lines: readonly TypeLine[]
  readonly style: TypeStyle
  readonly before: number
  readonly language: string | undefined
}

/** Some lines of a block in one of the columns. */
interface Stretch {
  readonly block: number
  readonly lines: readonly TypeLine[]
  readonly column: 0 | 1
  readonly y: number
}

function drawColumns(pdf: Pdf, tags: Tagging, content: NoticeContent, size: number): number {
  const blocks = columnBlocks(pdf, content, size)
  const total = blocks.reduce((sum, one) => sum + one.before + one.lines.length * one.style.leading, 0)
  const tries = Array.from({ length: 24 }, (_, i) => placed(blocks, TOP + total / 2 + (i - 6) * 3))
  const best = tries.reduce((a, b) => (b.bottom < a.bottom ? b : a))
  for (const [index, one] of blocks.entries()) {
    // both stretches of a divided paragraph are one element
    const draw = () => {
      for (const part of best.stretches.filter((stretch) => stretch.block === index)) {
        drawLines(pdf, part.lines, PAGE.left + part.column * (COLUMN + GUTTER), part.y, COLUMN, one.style)
      }
    }
    tags.leaf(one.type, draw, one.language === undefined ? {} : { language: one.language })
  }
  return best.bottom
}

function columnBlocks(pdf: Pdf, content: NoticeContent, size: number): Block[] {
  const body = { ...bodyStyle(size), leading: size * 1.26 }
  const signed: TypeStyle = {
    face: 'serif-italic',
    bold: 'serif-italic',
    size: size + 4,
    leading: size + 10,
    color: ACCENT,
  }
  const under: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 9, leading: 11.5, color: MUTED }
  const block = (type: Block['type'], text: string, style: TypeStyle, before: number, language?: string): Block => {
    return { type, lines: breakLines(pdf, text, COLUMN, style), style, before, language }
  }
  return [
    ...content.back.flatMap((section) => [
      block('H2', section.heading, HEADING, 7),
      ...section.paragraphs.map((text) => block('P', text, body, 1)),
      ...(section.translated === undefined
        ? []
        : [block('P', section.translated.text, body, 1, section.translated.language)]),
    ]),
    block('P', content.signature.name, signed, 3),
    block('P', content.signature.title, under, 0),
  ]
}

/** Fills the left column down to `limit`, the rest goes right; never a heading last, nor one line of a paragraph alone. */
function placed(
  blocks: readonly Block[],
  limit: number,
): { readonly stretches: readonly Stretch[]; readonly bottom: number } {
  const stretches: Stretch[] = []
  let column = 0 as 0 | 1
  let y = TOP
  let bottom = TOP
  const put = (block: number, lines: readonly TypeLine[], before: number, leading: number) => {
    const top = y === TOP ? y : y + before
    stretches.push({ block, lines, column, y: top })
    y = top + lines.length * leading
    bottom = Math.max(bottom, y)
  }
  const toRight = () => {
    column = 1
    y = TOP
  }
  for (const [index, { type, lines, style, before }] of blocks.entries()) {
    const fits = column === 1 ? lines.length : Math.floor((limit - y - before) / style.leading)
    const least = type === 'H2' ? 3 : Math.min(2, lines.length)
    if (column === 0 && fits < least) toRight()
    if (column === 1 || fits >= lines.length) put(index, lines, before, style.leading)
    else {
      const split = Math.min(fits, Math.max(lines.length - 2, 0))
      if (split >= 2) put(index, lines.slice(0, split), before, style.leading)
      toRight()
      put(index, lines.slice(split >= 2 ? split : 0), before, style.leading)
    }
  }
  return { stretches, bottom }
}

function drawReplies(pdf: Pdf, tags: Tagging, content: NoticeContent, top: number): number {
  const { replies } = content
  const text: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 10, leading: 12.6, color: INK }
  // the last holds "Postmarked by September 30, 2027" on one line
  const columns = [62, 258, 168] as const
  const room = PAGE.right - PAGE.left - 16
  const rows = replies.methods.map((method) =>
    [method.how, method.where, method.rule].map((cell, i) => {
      return breakLines(pdf, i === 1 ? cell : `**${cell}**`, (columns[i] as number) - 6, { ...text, size: 9.5 })
    }),
  )
  const rowHeight = (row: readonly (readonly TypeLine[])[]) => Math.max(...row.map((lines) => lines.length)) * 11.8 + 3
  const intro = breakLines(pdf, replies.intro, room, text)
  const after = breakLines(pdf, replies.after, room, text)
  const height =
    8 +
    16 +
    intro.length * text.leading +
    4 +
    rows.reduce((sum, row) => sum + rowHeight(row), 0) +
    3 +
    after.length * text.leading +
    7
  tags.artifact(() => {
    pdf.rect(PAGE.left, top, PAGE.right - PAGE.left, height).fill(TINT)
    pdf.rect(PAGE.left, top, PAGE.right - PAGE.left, 2).fill(ACCENT)
  })
  const x = PAGE.left + 8
  let y = top + 8
  tags.leaf('H2', () => {
    pdf.fillColor(ACCENT)
    drawRun(pdf, replies.heading, 'sans-bold', 12, x, y + 11)
    y += 16
  })
  tags.leaf('P', () => {
    y = drawLines(pdf, intro, x, y, room, text) + 4
  })
  tags.group('Table', () =>
    rows.forEach((row) => {
      tags.artifact(() =>
        pdf
          .moveTo(x, y)
          .lineTo(x + room, y)
          .lineWidth(0.5)
          .stroke(RULE),
      )
      tags.group('TR', () =>
        row.forEach((lines, i) => {
          const left = x + columns.slice(0, i).reduce((sum, width) => sum + width, 0)
          tags.leaf(
            i === 0 ? 'TH' : 'TD',
            () => drawLines(pdf, lines, left, y + 1.5, columns[i] as number, { ...text, size: 9.5, leading: 11.8 }),
            i === 0 ? { scope: 'Row' } : {},
          )
        }),
      )
      y += rowHeight(row)
    }),
  )
  tags.leaf('P', () => {
    y = drawLines(pdf, after, x, y + 3, room, text)
  })
  return top + height
}

/** Lowest y that the text above the card may reach. */
export const BACK_LIMIT = FOLDS[1] - 10
