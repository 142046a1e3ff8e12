/**
 * One PDF file as it is being written: to a temporary file beside its target, synced and renamed when it is whole.
 *
 * Everything is synchronous: this runs in the render thread. The same calls give the same bytes, because the creation
 * date (from which the file's id is made) is given, and compression is pinned with the runtime.
 */
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import PDFDocument from 'pdfkit'
import type { Instant } from '../../domain/instant.js'
import { millisOf } from '../../domain/instant.js'
import { registerFaces } from './faces.js'

export interface PdfHeader {
  /** Where the finished file is to lie. */
  readonly file: string
  readonly title: string
  readonly author: string
  /** BCP 47 */
  readonly language: string
  /** Program time; the machine's clock is never asked. */
  readonly createdAt: Instant
}

export interface RenderedFile {
  readonly file: string
  readonly pages: number
  readonly bytes: number
  /** @unit hex */
  readonly sha256: string
}

/** What of pdfkit 0.20.2 is used beside its public face: objects written by hand, and streams that pages share. */
export interface PdfReference {
  readonly id: number
  data: Record<string, unknown>
  write(chunk: string): void
  end(): void
}
export interface PdfPage {
  content: Pick<PdfReference, 'write' | 'end'>
  readonly dictionary: PdfReference
  readonly fonts: Record<string, PdfReference>
  readonly width: number
  readonly height: number
}
export interface PdfInternals {
  readonly page: PdfPage
  readonly _root: PdfReference
  readonly _offsets: (number | null)[]
  readonly _offset: number
  _write(text: string): void
  ref(data?: Record<string, unknown>): PdfReference
}

export type Pdf = PDFKit.PDFDocument

export interface PdfFile {
  readonly pdf: Pdf
  /** Moves what is finished out of memory; call it every few pages. */
  drain(): void
  /** Closes the document and puts the file in its place. */
  finish(): RenderedFile
  /** Leaves nothing behind. */
  abandon(): void
}

export function internals(pdf: Pdf): PdfInternals {
  return pdf as unknown as PdfInternals
}

export function openPdf(header: PdfHeader): PdfFile {
  const temporary = join(dirname(header.file), `.${basename(header.file)}.${process.pid}.tmp`)
  // opened with the first bytes: a document that fails while it is laid out leaves nothing
  let descriptor: number | null = null
  const opened = (): number => {
    if (descriptor === null) {
      mkdirSync(dirname(header.file), { recursive: true })
      descriptor = openSync(temporary, 'w')
    }
    return descriptor
  }
  const hash = createHash('sha256')
  let bytes = 0
  const pdf = new PDFDocument({
    autoFirstPage: false,
    // a page stays open until flushPages: structure and page numbers are added to it last
    bufferPages: true,
    size: 'LETTER',
    margin: 0,
    // an empty name keeps the built-in Latin-1 faces out: every letter is set in an embedded one
    font: '',
    pdfVersion: '1.7',
    lang: header.language,
    displayTitle: true,
    info: {
      Title: inMetadata(header.title),
      Author: inMetadata(header.author),
      Creator: 'Meterhall',
      CreationDate: new Date(millisOf(header.createdAt)),
    },
  })
  registerFaces(pdf)
  let pages = 0
  pdf.on('pageAdded', () => {
    pages++
  })

  const drain = () => {
    for (let chunk = pdf.read() as Buffer | null; chunk !== null; chunk = pdf.read() as Buffer | null) {
      hash.update(chunk)
      bytes += chunk.length
      for (let written = 0; written < chunk.length; ) written += writeSync(opened(), chunk, written)
    }
  }
  return {
    pdf,
    drain,
    finish() {
      pdf.end()
      drain()
      fsyncSync(opened())
      closeSync(opened())
      renameSync(temporary, header.file)
      return { file: header.file, pages, bytes, sha256: hash.digest('hex') }
    },
    abandon() {
      if (descriptor !== null) closeSync(descriptor)
      rmSync(temporary, { force: true })
    },
  }
}

/** pdfkit writes the title into its XML as it stands. */
function inMetadata(text: string): string {
  return text.replace(/&/g, 'and').replace(/[<>]/g, '')
}
