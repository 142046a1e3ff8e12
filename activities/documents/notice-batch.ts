/** Prints a batch of notices into one file. Synchronous: it runs in the render thread. */
import { invariant } from '../../domain/invariant.js'
import { backOperators, fitPiece, frontOperators } from './notice-piece.js'
import type { NoticePiece, PieceFaces } from './notice-piece.js'
import type { NoticeBatchJob, NoticeBatchResult, ReviewEntry } from './notice-job.js'
import { setNoticeSheet } from './notice-sheet.js'
import type { NoticeSheet } from './notice-sheet.js'
import { internals, openPdf } from './pdf-file.js'
import type { Pdf, PdfFile, PdfPage } from './pdf-file.js'
import { quickFace } from './quick-text.js'
import { structureRoot, tagging } from './tag-tree.js'
import type { StructureRoot } from './tag-tree.js'

/** Letters held in memory before they go to the file. */
const DRAIN_EVERY = 100

export function printNoticeBatch(job: NoticeBatchJob): NoticeBatchResult {
  const file = openBatch(job)
  try {
    const { pdf } = file
    const faces = pieceFaces(pdf)
    const structure = structureRoot(pdf)
    const sheets = new Map<string, NoticeSheet>()
    const review: ReviewEntry[] = []
    let letters = 0
    job.letters.forEach((letter, index) => {
      const piece = fitPiece(faces, letter, job.postal)
      if (typeof piece === 'string') {
        review.push({ index, reason: piece })
        return
      }
      const sequence = (job.firstSequence ?? 1) + letters
      if (job.style === 'blank') printBlank(pdf, structure, faces, piece)
      else printLetter(pdf, structure, faces, piece, sequence, () => sheetOf(pdf, letter.content, job, sheets))
      letters++
      if (letters % DRAIN_EVERY === 0) file.drain()
    })
    if (letters === 0) {
      file.abandon()
      return { file: job.file, letters, pages: 0, bytes: 0, sha256: '', review }
    }
    return { ...file.finish(), letters, review }
  } catch (error) {
    file.abandon()
    throw error
  }
}

/** Which letters a person has to look at, without printing any. */
export function reviewNoticeBatch(job: NoticeBatchJob): ReviewEntry[] {
  const file = openBatch(job)
  try {
    const faces = pieceFaces(file.pdf)
    return job.letters.flatMap((letter, index) => {
      const piece = fitPiece(faces, letter, job.postal)
      return typeof piece === 'string' ? [{ index, reason: piece }] : []
    })
  } finally {
    file.abandon()
  }
}

function openBatch(job: NoticeBatchJob): PdfFile {
  const [content] = Object.values(job.contents)
  invariant(content !== undefined, 'a batch of notices has a content')
  return openPdf({
    file: job.file,
    title: `${content.title}: notices of drop ${job.drop}, batch ${job.batchId}`,
    author: content.aggregator.name,
    language: content.language,
    createdAt: job.createdAt,
  })
}

function pieceFaces(pdf: Pdf): PieceFaces {
  return { sans: quickFace(pdf, 'sans'), bold: quickFace(pdf, 'sans-bold') }
}

/** @param sheetFor needs an open page. */
function printLetter(
  pdf: Pdf,
  structure: StructureRoot,
  faces: PieceFaces,
  piece: NoticePiece,
  sequence: number,
  sheetFor: () => NoticeSheet,
): void {
  const front = openPage(pdf, faces)
  const sheet = sheetFor()
  front.content.write(frontOperators(faces, piece, sheet.slots))
  sheet.apply(front, 0)
  const back = openPage(pdf, faces)
  back.content.write(backOperators(faces, piece, sheet, sequence))
  sheet.apply(back, 1)
  structure.stamp(sheet.tree, [front, back])
  pdf.flushPages()
}

function printBlank(pdf: Pdf, structure: StructureRoot, faces: PieceFaces, piece: NoticePiece): void {
  const page = openPage(pdf, faces, BLANK)
  const tags = tagging((operators) => page.content.write(operators), 'P')
  tags.mark(() => page.content.write(`q 1 0 0 -1 0 ${page.height} cm ${faces.sans.show(piece.code, 10, 10, 14)} Q`))
  structure.stamp(tags.tree(), [page])
  pdf.flushPages()
}

/** @unit points */
const BLANK = [144, 36]

function openPage(pdf: Pdf, faces: PieceFaces, size?: number[]): PdfPage {
  pdf.addPage(size === undefined ? undefined : { size, margin: 0 })
  const { page } = internals(pdf)
  for (const face of Object.values(faces)) page.fonts[face.id] = face.reference
  return page
}

function sheetOf(pdf: Pdf, key: string, job: NoticeBatchJob, sheets: Map<string, NoticeSheet>): NoticeSheet {
  const known = sheets.get(key)
  if (known !== undefined) return known
  const content = job.contents[key]
  invariant(content !== undefined, `the batch holds the content "${key}" that a letter asks for`)
  const sheet = setNoticeSheet(pdf, content)
  sheets.set(key, sheet)
  return sheet
}
