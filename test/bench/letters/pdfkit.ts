/** pdfkit as its guide shows it: text flows, the codes are filled rectangles in one path each. */
import { strict as assert } from 'node:assert'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import PDFDocument from 'pdfkit'
import { registerFaces } from '../../../activities/documents/faces.js'
import type { NoticeLetter } from '../../../activities/documents/notice-job.js'
import type { Findings } from '../contest.js'
import { peakMegabytes, perProcessorSecond } from '../processor-time.js'
import { barRuns, qrRuns } from './codes.js'
import type { LetterSettings } from './contest.js'
import { type Block, ownLines, type PlainLetter, plainLetter, sampleLetters } from './sample-letters.js'

type Pdf = PDFKit.PDFDocument

export async function measure({
  folder,
  letters,
  leastSeconds,
  batch,
}: LetterSettings & { readonly batch: boolean }): Promise<Findings> {
  const content = plainLetter()
  const all = sampleLetters(letters)
  const files = batch ? [all] : all.map((letter) => [letter])
  let bytes = 0
  const perSecond = await perProcessorSecond(letters, leastSeconds, async () => {
    bytes = 0
    for (const [index, inFile] of files.entries())
      bytes += await print(join(folder, `pdfkit-${index}.pdf`), content, inFile)
  })
  return { letters: perSecond, 'letter-bytes': bytes / letters, 'letter-memory': peakMegabytes() }
}

/** @returns the size of the file */
async function print(file: string, content: PlainLetter, letters: readonly NoticeLetter[]): Promise<number> {
  const pdf = new PDFDocument({ autoFirstPage: false, size: 'LETTER', margin: 54, font: '' })
  registerFaces(pdf)
  const descriptor = openSync(file, 'w')
  let bytes = 0
  let pages = 0
  pdf.on('pageAdded', () => {
    pages++
  })
  const ended = new Promise((resolve) => pdf.once('end', resolve))
  pdf.on('data', (chunk: Buffer) => {
    bytes += writeSync(descriptor, chunk)
  })
  for (const letter of letters) printLetter(pdf, content, letter)
  pdf.end()
  await ended
  assert.equal(pages, letters.length * 2)
  fsyncSync(descriptor)
  closeSync(descriptor)
  return bytes
}

function printLetter(pdf: Pdf, content: PlainLetter, letter: NoticeLetter): void {
  const own = ownLines(letter)
  pdf.addPage().font('serif-bold').fontSize(11)
  for (const line of content.head) pdf.text(line)
  pdf.font('sans').fontSize(10)
  for (const line of own.address) pdf.text(line)
  for (const block of content.front) setBlock(pdf, block)
  pdf.addPage()
  for (const block of content.back) setBlock(pdf, block)
  pdf.font('sans').fontSize(8)
  for (const line of [...content.card, ...own.card]) pdf.text(line, { height: 10, ellipsis: true })
  const qr = qrRuns(`${content.link}${letter.code}`)
  for (const { x, y, width } of qr.runs) pdf.rect(470 + x * 2.4, 620 + y * 2.4, width * 2.4, 2.4)
  pdf.fill('black')
  for (const { x, width } of barRuns(letter.code).runs) pdf.rect(300 + x, 690, width, 30)
  pdf.fill('black')
}

function setBlock(pdf: Pdf, { kind, text }: Block): void {
  if (kind === 'title') pdf.font('serif-bold').fontSize(16)
  else if (kind === 'heading') pdf.font('sans-bold').fontSize(10)
  else if (kind === 'row') pdf.font('sans').fontSize(8.5)
  else pdf.font('serif').fontSize(8.8)
  pdf.text(text)
}
