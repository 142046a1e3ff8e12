/**
 * Paragraphs set line by line: where each line breaks is known before anything is drawn.
 *
 * Markup is one thing only: `**…**` is bold. Straight apostrophes are set curved. All measures are points from the top left of the page.
 */
import type { Face } from './faces.js'
import type { Pdf } from './pdf-file.js'

export interface TypeStyle {
  readonly face: Face
  readonly bold: Face
  readonly size: number
  /** Baseline to baseline. */
  readonly leading: number
  readonly color: string
  readonly align?: 'left' | 'right' | 'center'
}

interface Run {
  readonly face: Face
  readonly text: string
  readonly width: number
}
export interface TypeLine {
  readonly runs: readonly Run[]
  readonly width: number
}

/** Breaks at spaces, and inside a word only when it is wider than a whole line. */
export function breakLines(pdf: Pdf, markup: string, width: number, style: TypeStyle): TypeLine[] {
  const lines: TypeLine[] = []
  let line: Run[] = []
  let used = 0
  const push = () => {
    lines.push({ runs: joined(line), width: used })
    line = []
    used = 0
  }
  for (const word of words(pdf, markup, style)) {
    const wide = word.reduce((sum, run) => sum + run.width, 0)
    const space = line.length === 0 ? 0 : widthOf(pdf, ' ', (line.at(-1) as Run).face, style.size)
    if (line.length > 0 && used + space + wide > width) push()
    else if (line.length > 0) {
      const last = line.at(-1) as Run
      line[line.length - 1] = { ...last, text: `${last.text} `, width: last.width + space }
      used += space
    }
    for (const piece of wide > width ? word.flatMap((run) => chopped(pdf, run, width, style.size)) : word) {
      if (used + piece.width > width && line.length > 0) push()
      line.push(piece)
      used += piece.width
    }
  }
  if (line.length > 0 || lines.length === 0) push()
  return lines
}

/** Neighbors in one face become one run: fewer operators, and kerning across them. */
function joined(runs: readonly Run[]): Run[] {
  const out: Run[] = []
  for (const run of runs) {
    const last = out.at(-1)
    if (last?.face === run.face)
      out[out.length - 1] = { face: run.face, text: last.text + run.text, width: last.width + run.width }
    else out.push(run)
  }
  return out
}

/** Draws the lines with the first baseline one leading below `y`; gives the `y` under the last line. */
export function drawLines(
  pdf: Pdf,
  lines: readonly TypeLine[],
  x: number,
  y: number,
  width: number,
  style: TypeStyle,
): number {
  pdf.fillColor(style.color)
  lines.forEach((line, i) => {
    const spare = width - line.width
    let left = x + (style.align === 'right' ? spare : style.align === 'center' ? spare / 2 : 0)
    for (const run of line.runs) {
      drawRun(pdf, run.text, run.face, style.size, left, y + (i + 1) * style.leading - DESCENT * style.leading)
      left += run.width
    }
  })
  return y + lines.length * style.leading
}

/** Share of the leading that lies under the baseline. */
const DESCENT = 0.27

/** One run with its baseline at `y`. */
export function drawRun(pdf: Pdf, text: string, face: Face, size: number, x: number, y: number): void {
  pdf.font(face).fontSize(size).text(text, x, y, { lineBreak: false, baseline: 'alphabetic' })
}

/** Sets and draws a paragraph; gives the `y` under it. */
export function drawParagraph(pdf: Pdf, markup: string, x: number, y: number, width: number, style: TypeStyle): number {
  return drawLines(pdf, breakLines(pdf, markup, width, style), x, y, width, style)
}

export function widthOf(pdf: Pdf, text: string, face: Face, size: number): number {
  return pdf.font(face).fontSize(size).widthOfString(text)
}

/** A word is the runs between two spaces: `**7.290¢**.` is one word of two faces. */
function words(pdf: Pdf, markup: string, style: TypeStyle): Run[][] {
  const found: Run[][] = []
  let word: Run[] = []
  markup
    .replace(/'/g, '’')
    .split('**')
    .forEach((part, i) => {
      const face = i % 2 === 0 ? style.face : style.bold
      part.split(/(\s+)/).forEach((text) => {
        if (text === '') return
        if (/^\s+$/.test(text)) {
          if (word.length > 0) found.push(word)
          word = []
          return
        }
        word.push({ face, text, width: widthOf(pdf, text, face, style.size) })
      })
    })
  if (word.length > 0) found.push(word)
  return found
}

function chopped(pdf: Pdf, run: Run, width: number, size: number): Run[] {
  const pieces: Run[] = []
  let text = ''
  for (const character of run.text) {
    if (text !== '' && widthOf(pdf, text + character, run.face, size) > width) {
      pieces.push({ face: run.face, text, width: widthOf(pdf, text, run.face, size) })
      text = ''
    }
    text += character
  }
  pieces.push({ face: run.face, text, width: widthOf(pdf, text, run.face, size) })
  return pieces
}
