/**
 * A document that flows over pages: letterhead on the first, running head and page numbers after, headings, paragraphs,
 * lists, tables and signature lines between, all tagged in reading order.
 */
import { invariant } from '../../domain/invariant.js'
import { ACCENT, coversText, INK, MUTED, RULE, TINT } from './faces.js'
import { drawLetterhead, PAGE } from './letterhead.js'
import type { Letterhead } from './letterhead.js'
import { internals, openPdf } from './pdf-file.js'
import type { Pdf, PdfHeader, PdfPage, RenderedFile } from './pdf-file.js'
import { structureRoot, tagging } from './tag-tree.js'
import type { TagType } from './tag-tree.js'
import { breakLines, drawLines, drawRun, widthOf } from './type-setting.js'
import type { TypeLine, TypeStyle } from './type-setting.js'

export interface TableColumn {
  readonly heading: string
  /** Share of the page's width, of the sum of all. */
  readonly share: number
  readonly align?: 'left' | 'right'
}

export interface Sheet {
  title(text: string): void
  heading(text: string): void
  paragraph(markup: string): void
  bullets(items: readonly string[]): void
  /** Label and value on one line each. */
  facts(rows: readonly (readonly [string, string])[]): void
  /** The first column names the row. @param minimumHeight of a row, for cells to write in. */
  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[], minimumHeight?: number): void
  /** Lines to write on, side by side, each with its label under it. */
  lines(labels: readonly string[]): void
  space(points: number): void
  /** A new page unless this much is left on this one. */
  keep(points: number): void
  finish(): RenderedFile
}

const WIDTH = PAGE.right - PAGE.left
const LIMIT = 734
const BODY: TypeStyle = { face: 'serif', bold: 'serif-bold', size: 10.5, leading: 14, color: INK }
const CELL: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 9.5, leading: 12, color: INK }
const SMALL: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 8.5, leading: 11, color: MUTED }

export function openSheet(header: PdfHeader, letterhead: Letterhead, program: string): Sheet {
  const file = openPdf(header)
  const { pdf } = file
  const structure = structureRoot(pdf)
  const tags = tagging((operators) => internals(pdf).page.content.write(operators), 'Sect')
  const pages: PdfPage[] = []
  let y = 0

  const nextPage = () => {
    pdf.addPage()
    pages.push(internals(pdf).page)
    if (pages.length === 1) {
      y = drawLetterhead(pdf, tags, letterhead, program) + 18
      return
    }
    tags.nextPage()
    tags.artifact(() => {
      drawRun(pdf.fillColor(MUTED), `${letterhead.name} · ${header.title}`, 'sans', 8.5, PAGE.left, 40)
      pdf.moveTo(PAGE.left, 47).lineTo(PAGE.right, 47).lineWidth(0.6).stroke(RULE)
    })
    y = 60
  }
  const keep = (points: number) => {
    if (y + points > LIMIT) nextPage()
  }
  /** Lines under one element, over as many pages as they need, never one line alone where more follow. */
  const flow = (type: TagType, lines: readonly TypeLine[], x: number, width: number, style: TypeStyle) => {
    tags.group(type, () => {
      let rest = lines
      while (rest.length > 0) {
        const fits = Math.floor((LIMIT - y) / style.leading)
        if (fits < Math.min(2, rest.length)) nextPage()
        const here = rest.slice(0, Math.max(1, Math.floor((LIMIT - y) / style.leading)))
        tags.mark(() => {
          y = drawLines(pdf, here, x, y, width, style)
        })
        rest = rest.slice(here.length)
      }
    })
  }
  nextPage()

  return {
    title(text) {
      const style: TypeStyle = { face: 'serif-bold', bold: 'serif-bold', size: 18, leading: 23, color: ACCENT }
      flow('H1', setLines(pdf, text, WIDTH, style), PAGE.left, WIDTH, style)
      y += 8
    },
    heading(text) {
      const style: TypeStyle = { face: 'sans-bold', bold: 'sans-bold', size: 12, leading: 16, color: ACCENT }
      keep(62)
      y += 8
      flow('H2', setLines(pdf, text, WIDTH, style), PAGE.left, WIDTH, style)
      y += 2
    },
    paragraph(markup) {
      flow('P', setLines(pdf, markup, WIDTH, BODY), PAGE.left, WIDTH, BODY)
      y += 6
    },
    bullets(items) {
      tags.group('L', () => {
        for (const item of items) {
          keep(2 * BODY.leading)
          tags.group('LI', () => {
            tags.artifact(() => pdf.circle(PAGE.left + 7, y + BODY.leading * 0.55, 1.7).fill(ACCENT))
            flow('LBody', setLines(pdf, item, WIDTH - 18, BODY), PAGE.left + 18, WIDTH - 18, BODY)
          })
          y += 3
        }
      })
      y += 3
    },
    facts(rows) {
      const label = 168
      tags.group('Table', () => {
        for (const [name, value] of rows) {
          const left = setLines(pdf, name, label - 10, { ...CELL, color: MUTED })
          const right = setLines(pdf, value, WIDTH - label, { ...CELL, size: 10.5, leading: 13.5 })
          const height = Math.max(left.length * CELL.leading, right.length * 13.5) + 5
          keep(height)
          tags.group('TR', () => {
            tags.leaf('TH', () => drawLines(pdf, left, PAGE.left, y + 1.5, label, { ...CELL, color: MUTED }), {
              scope: 'Row',
            })
            tags.leaf('TD', () =>
              drawLines(pdf, right, PAGE.left + label, y, WIDTH - label, { ...CELL, size: 10.5, leading: 13.5 }),
            )
          })
          y += height
          tags.artifact(() =>
            pdf
              .moveTo(PAGE.left, y - 2.5)
              .lineTo(PAGE.right, y - 2.5)
              .lineWidth(0.4)
              .stroke(RULE),
          )
        }
      })
      y += 6
    },
    table(columns, rows, minimumHeight = 0) {
      const total = columns.reduce((sum, column) => sum + column.share, 0)
      const widths = columns.map((column) => (column.share / total) * WIDTH)
      const left = (i: number) => PAGE.left + widths.slice(0, i).reduce((sum, width) => sum + width, 0) + 5
      const styles = columns.map((column): TypeStyle => ({ ...CELL, align: column.align ?? 'left' }))
      const set = (texts: readonly string[], style: (i: number) => TypeStyle) =>
        texts.map((text, i) => setLines(pdf, text, (widths[i] as number) - 10, style(i)))
      const heightOf = (cells: readonly TypeLine[][]) =>
        Math.max(...cells.map((lines) => lines.length)) * CELL.leading + 6
      const headStyle = (i: number): TypeStyle => ({
        ...(styles[i] as TypeStyle),
        face: 'sans-bold',
        size: 9,
        color: ACCENT,
      })
      const heads = set(
        columns.map((column) => column.heading),
        headStyle,
      )
      const drawHead = (draw: (i: number, lines: TypeLine[], top: number) => void) => {
        const height = heightOf(heads)
        tags.artifact(() => pdf.rect(PAGE.left, y, WIDTH, height).fill(TINT))
        for (const [i, lines] of heads.entries()) draw(i, lines, y + height - 3 - lines.length * CELL.leading)
        y += height
      }
      keep(heightOf(heads) + 3 * CELL.leading)
      tags.group('Table', () => {
        tags.group('TR', () =>
          drawHead((i, lines, top) => {
            tags.leaf('TH', () => drawLines(pdf, lines, left(i), top, (widths[i] as number) - 10, headStyle(i)), {
              scope: 'Column',
            })
          }),
        )
        for (const row of rows) {
          const cells = set(row, (i) => styles[i] as TypeStyle)
          const height = Math.max(minimumHeight, heightOf(cells))
          if (y + height > LIMIT) {
            nextPage()
            // repeated for the eye only: the table has its headings once
            drawHead((i, lines, top) =>
              tags.artifact(() => drawLines(pdf, lines, left(i), top, (widths[i] as number) - 10, headStyle(i))),
            )
          }
          tags.group('TR', () =>
            cells.forEach((lines, i) => {
              tags.leaf(
                i === 0 ? 'TH' : 'TD',
                () => drawLines(pdf, lines, left(i), y + 2, (widths[i] as number) - 10, styles[i] as TypeStyle),
                i === 0 ? { scope: 'Row' } : {},
              )
            }),
          )
          y += height
          tags.artifact(() => pdf.moveTo(PAGE.left, y).lineTo(PAGE.right, y).lineWidth(0.4).stroke(RULE))
        }
      })
      y += 10
    },
    lines(labels) {
      keep(48)
      y += 30
      const gap = 16
      const width = (WIDTH - gap * (labels.length - 1)) / labels.length
      for (const [i, label] of labels.entries()) {
        const x = PAGE.left + i * (width + gap)
        tags.artifact(() =>
          pdf
            .moveTo(x, y)
            .lineTo(x + width, y)
            .lineWidth(0.7)
            .stroke(INK),
        )
        tags.leaf('P', () => drawLines(pdf, setLines(pdf, label, width, SMALL), x, y + 1, width, SMALL))
      }
      y += 18
    },
    space(points) {
      y += points
    },
    keep,
    finish() {
      pages.forEach((_, i) => {
        pdf.switchToPage(i)
        tags.artifact(() => {
          const text = `Page ${i + 1} of ${pages.length}`
          drawRun(pdf.fillColor(MUTED), text, 'sans', 8.5, PAGE.right - widthOf(pdf, text, 'sans', 8.5), 764)
        })
      })
      structure.stamp(tags.tree(), pages)
      return file.finish()
    },
  }
}

/** A character without a glyph would print as a blank box: the document is not made at all. */
function setLines(pdf: Pdf, markup: string, width: number, style: TypeStyle): TypeLine[] {
  invariant(
    coversText(pdf, style.face, markup),
    'every character of a document has a glyph; write names in Latin, Greek or Cyrillic letters',
  )
  return breakLines(pdf, markup, width, style)
}
