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

const TOP = 34
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

/** A stretch of lines that moves to the next column at a line, never after a heading or leaving one line alone. */
interface Block {
  readonly type: 'H2' | 'P'
  readonly lines: readonly TypeLine[]
  readonly style: TypeStyle
  readonly before: number
}

function drawColumns(pdf: Pdf, tags: Tagging, content: NoticeContent, size: number): number {
  const body = { ...bodyStyle(size), leading: size * 1.26 }
  const signed: TypeStyle = {
    face: 'serif-italic',
    bold: 'serif-italic',
    size: size + 4,
    leading: size + 10,
    color: ACCENT,
  }
  const under: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 9, leading: 11.5, color: MUTED }
  const block = (type: Block['type'], text: string, style: TypeStyle, before: number): Block => ({
    type,
    lines: breakLines(pdf, text, COLUMN, style),
    style,
    before,
  })
  const blocks = [
    ...content.back.flatMap((section) => [
      block('H2', section.heading, HEADING, 7),
      ...section.paragraphs.map((text) => block('P', text, body, 1)),
    ]),
    block('P', content.signature.name, signed, 3),
    block('P', content.signature.title, under, 0),
  ]
  const height = (one: Block) => one.before + one.lines.length * one.style.leading
  const half = blocks.reduce((sum, one) => sum + height(one), 0) / 2
  let column = 0
  let y = TOP - (blocks[0] as Block).before
  let bottom = TOP
  const toNextColumn = () => {
    bottom = Math.max(bottom, y)
    column = 1
    y = TOP
  }
  for (const one of blocks) {
    const { style } = one
    const isLeft = column === 0
    const fits = Math.floor((half + TOP - y - one.before) / style.leading + 0.4)
    if (isLeft && (one.type === 'H2' ? fits < 3 : fits < Math.min(2, one.lines.length))) toNextColumn()
    const split =
      column === 0 && fits < one.lines.length ? Math.max(2, Math.min(fits, one.lines.length - 2)) : one.lines.length
    const x = () => PAGE.left + column * (COLUMN + GUTTER)
    tags.leaf(one.type, () => {
      y = drawLines(pdf, one.lines.slice(0, split), x(), y + (y === TOP ? 0 : one.before), COLUMN, style)
      if (split === one.lines.length) return
      toNextColumn()
      y = drawLines(pdf, one.lines.slice(split), x(), y, COLUMN, style)
    })
  }
  return Math.max(bottom, y)
}

function drawReplies(pdf: Pdf, tags: Tagging, content: NoticeContent, top: number): number {
  const { replies } = content
  const text: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 10, leading: 12.6, color: INK }
  const columns = [62, 286, 140] as const
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
export const BACK_LIMIT = FOLDS[1] - 8
