/**
 * One letter's own lines and barcodes: first whether they fit, then the operators that draw them.
 *
 * Names and addresses wrap and shrink within limits; what still does not fit, or needs a glyph the face lacks, is for a
 * person. Nothing is cut off and nothing is printed blank.
 */
import type { PostalAddress } from '../../domain/account.js'
import { formatLetterCode } from '../../domain/letter-code.js'
import type { LetterCode } from '../../domain/letter-code.js'
import { postalBarcodeDigits } from '../../domain/postal-barcode.js'
import type { PostalBarcodeSettings } from '../../domain/postal-barcode.js'
import { code128 } from './code-128.js'
import { PAGE } from './letterhead.js'
import { CARD } from './notice-card.js'
import { ADDRESS } from './notice-front.js'
import type { NoticeLetter, ReviewReason } from './notice-job.js'
import type { NoticeSheet } from './notice-sheet.js'
import { postalBars } from './postal-bars.js'
import { qrCode } from './qr-code.js'
import { places } from './quick-text.js'
import type { QuickFace } from './quick-text.js'

interface FittedLines {
  readonly lines: readonly string[]
  readonly size: number
}

export interface NoticePiece {
  readonly address: FittedLines
  readonly holder: FittedLines
  readonly service: FittedLines
  readonly account: FittedLines
  readonly code: LetterCode
  /** Null: no postal barcode. */
  readonly postalDigits: string | null
}

export interface PieceFaces {
  readonly sans: QuickFace
  readonly bold: QuickFace
}

/** The letter's own lines as they will be printed, or why a person has to look at it. */
export function fitPiece(
  faces: PieceFaces,
  letter: NoticeLetter,
  postal: PostalBarcodeSettings | null,
): NoticePiece | ReviewReason {
  const name = plain(letter.name)
  const mail = addressLines(letter.mailAddress)
  const service = addressLines(letter.serviceAddress)
  if (name === '') return 'blank-name'
  if (mail === null || service === null) return 'blank-address'
  if (![name, ...mail, ...service].every(faces.sans.covers) || !faces.bold.covers(letter.accountNumber))
    return 'missing-glyph'
  const holder = fitted(faces.bold, [name], CARD.holder.width, 2, CARD.size, CARD.smallest)
  const nameOnly = fitted(
    faces.sans,
    [name],
    ADDRESS.width,
    ADDRESS.lines - mail.length,
    ADDRESS.size,
    ADDRESS.smallest,
  )
  if (holder === null || nameOnly === null) return 'name-too-long'
  const address = fitted(faces.sans, [name, ...mail], ADDRESS.width, ADDRESS.lines, ADDRESS.size, ADDRESS.smallest)
  const served = fitted(faces.bold, [service.join(', ')], CARD.service.width, 2, CARD.size, CARD.smallest)
  if (address === null || served === null) return 'address-too-long'
  const account = fitted(faces.bold, [letter.accountNumber], CARD.account.width, 1, CARD.size, CARD.smallest)
  if (account === null) return 'address-too-long'
  const digits = postal === null ? null : postalBarcodeDigits(postal, letter.serial, letter.mailAddress)
  if (digits !== null && !digits.ok) return 'postal-code'
  return { address, holder, service: served, account, code: letter.code, postalDigits: digits?.value ?? null }
}

/** One form for letters that can be written in two, and single spaces. */
function plain(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim()
}

/** Street with unit, then city, state and ZIP code; null when a part that mail needs is blank. */
function addressLines(address: PostalAddress): string[] | null {
  const [street, unit, city, state, zip, zip4] = [
    address.street,
    address.unit,
    address.city,
    address.state,
    address.zip,
    address.zip4,
  ].map(plain)
  if (!street || !city || !state || !zip) return null
  return [unit ? `${street} ${unit}` : street, `${city} ${state} ${zip4 ? `${zip}-${zip4}` : zip}`]
}

/** Each text on as few lines as it needs, all in the largest size at which they fit; null when none does. */
function fitted(
  face: QuickFace,
  texts: readonly string[],
  width: number,
  limit: number,
  size: number,
  smallest: number,
): FittedLines | null {
  for (let tried = size; tried >= smallest; tried -= 0.5) {
    const lines = texts.flatMap((text) => wrap(face, text, width, tried))
    if (lines.length <= limit && lines.every((line) => face.width(line, tried) <= width)) return { lines, size: tried }
  }
  return null
}

/** Breaks at spaces and after hyphens. */
function wrap(face: QuickFace, text: string, width: number, size: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/(?<=[\s-])/)) {
    const last = lines.at(-1)
    if (last !== undefined && face.width((last + word).trimEnd(), size) <= width) lines[lines.length - 1] = last + word
    else lines.push(word)
  }
  return lines.map((line) => line.trimEnd())
}

/** Operators of the first page, in PDF's own coordinates. */
export function frontOperators(
  faces: PieceFaces,
  piece: NoticePiece,
  slots: Pick<NoticeSheet['slots'], 'postalSlot' | 'addressSlot'>,
): string {
  return page([
    slots.postalSlot,
    piece.postalDigits === null ? '' : postalOperators(piece.postalDigits),
    'EMC',
    slots.addressSlot,
    shown(faces.sans, piece.address, ADDRESS.x, ADDRESS.firstBaseline, ADDRESS.leading),
    'EMC',
  ])
}

/** Operators of the second page: the card. */
export function backOperators(faces: PieceFaces, piece: NoticePiece, sheet: NoticeSheet, sequence: number): string {
  const { slots } = sheet
  const code = formatLetterCode(piece.code)
  const number = `No. ${String(sequence).padStart(6, '0')}`
  const codeLeft = CARD.code.x + CARD.code.width - 6 - faces.bold.width(code, 12)
  return page([
    slots.holderSlot,
    shown(faces.bold, piece.holder, CARD.holder.x, CARD.holder.baseline, 10),
    'EMC',
    slots.accountSlot,
    shown(faces.bold, piece.account, CARD.account.x, CARD.account.baseline, 10),
    'EMC',
    slots.serviceSlot,
    shown(faces.bold, piece.service, CARD.service.x, CARD.service.baseline, 11),
    'EMC',
    slots.codeSlot,
    faces.bold.show(code, 12, codeLeft, PAGE.height - CARD.code.baseline),
    'EMC',
    slots.qrSlot,
    qrOperators(sheet.replyLink + piece.code),
    'EMC',
    slots.barsSlot,
    code128Operators(piece.code),
    'EMC',
    '/Artifact BMC',
    faces.sans.show(number, 6.5, CARD.sequence.x - faces.sans.width(number, 6.5), PAGE.height - CARD.sequence.baseline),
    'EMC',
  ])
}

/** Undoes pdfkit's turned coordinates for these operators, which are all in near-black. */
function page(operators: readonly string[]): string {
  return `q 1 0 0 -1 0 ${PAGE.height} cm 0.08 g\n${operators.filter((one) => one !== '').join('\n')}\nQ`
}

function shown(face: QuickFace, fitted: FittedLines, x: number, baseline: number, leading: number): string {
  return fitted.lines.map((line, i) => face.show(line, fitted.size, x, PAGE.height - baseline - i * leading)).join('\n')
}

function qrOperators(text: string): string {
  const { size, modules } = qrCode(text)
  const module = CARD.qr.size / size
  let runs = ''
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; ) {
      const start = column
      while (column < size && modules[row * size + column] === 1) column++
      if (column > start) runs += `${start} ${row} ${column - start} 1 re `
      else column++
    }
  }
  return `q 0 g ${places(module)} 0 0 ${places(-module)} ${CARD.qr.x} ${PAGE.height - CARD.qr.top} cm ${runs}f Q`
}

function code128Operators(text: string): string {
  const widths = code128(text)
  const total = widths.reduce((sum, width) => sum + width, 0)
  const module = CARD.bars.width / (total + 2 * QUIET)
  let at = QUIET
  let runs = ''
  widths.forEach((width, i) => {
    if (i % 2 === 0) runs += `${at} 0 ${width} 1 re `
    at += width
  })
  return `q 0 g ${module.toFixed(4)} 0 0 ${-CARD.bars.height} ${CARD.bars.x} ${PAGE.height - CARD.bars.top} cm ${runs}f Q`
}

/** Modules of quiet zone on either side of Code 128. */
const QUIET = 10

/** Geometry of the postal barcode in points: 22 bars to the inch, bars of 0.020, full height 0.145, tracker 0.048 inch. */
const POSTAL = { pitch: 72 / 22, bar: 1.44, full: 10.44, tracker: 3.456 } as const

function postalOperators(digits: string): string {
  const top = PAGE.height - ADDRESS.postalTop
  const reach = (POSTAL.full - POSTAL.tracker) / 2
  const runs = postalBars(digits).map((bar, i) => {
    const foot = bar === 'F' || bar === 'D' ? 0 : reach
    const height = POSTAL.full - foot - (bar === 'F' || bar === 'A' ? 0 : reach)
    return `${places(ADDRESS.x + i * POSTAL.pitch)} ${places(top - POSTAL.full + foot)} ${POSTAL.bar} ${places(height)} re`
  })
  return `0 g ${runs.join(' ')} f 0.08 g`
}
