/**
 * The letter to a resident whose opt-out was in time but known only after enrollment was submitted (a card still in the mail, a
 * reply entered late, evidence corrected): it counts, it costs nothing, and what happens next. One page each, one file.
 */
import type { CivilDate } from '../../domain/civil-date.js'
import type { Instant } from '../../domain/instant.js'
import { assertNever } from '../../domain/invariant.js'
import { formatLetterCode } from '../../domain/letter-code.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { PostalBarcodeSettings } from '../../domain/postal-barcode.js'
import { dateInWords } from '../../domain/wording.js'
import { ACCENT, MUTED } from './faces.js'
import { drawLetterhead, PAGE } from './letterhead.js'
import { bodyStyle } from './notice-front.js'
import type { NoticeBatchResult, NoticeLetter, ReviewEntry } from './notice-job.js'
import { fitPiece, frontOperators } from './notice-piece.js'
import { internals, openPdf } from './pdf-file.js'
import type { Pdf } from './pdf-file.js'
import { planFact, PROGRAM_NAME } from './plan-sheet.js'
import { quickFace } from './quick-text.js'
import { structureRoot, tagging } from './tag-tree.js'
import type { Tagging } from './tag-tree.js'
import { drawParagraph, drawRun } from './type-setting.js'
import type { TypeStyle } from './type-setting.js'

/**
 * How far the enrollment had come, and so what was done: `pulled` before it was sent, `withdrawn` by a drop before service,
 * `too-near` by a drop at the read after the one with which service begins, `next-read` by a drop after service began.
 */
export type UndoStage = 'pulled' | 'withdrawn' | 'too-near' | 'next-read'

export interface UndoLetter extends Omit<NoticeLetter, 'content'> {
  readonly stage: UndoStage
  readonly receivedOn: CivilDate
  readonly deadline: CivilDate
  /** The read with which service returns; null when nothing begins or nobody knows it. */
  readonly returnsOn: CivilDate | null
}

export interface UndoLettersJob {
  readonly file: string
  readonly batchId: string
  readonly drop: string
  /** The date on the letters. */
  readonly plannedDate: CivilDate
  readonly printedDeadline: null
  readonly createdAt: Instant
  readonly terms: PlanTerms
  readonly supplier: { readonly marketingName: string; readonly phone: string }
  readonly postal: PostalBarcodeSettings | null
  readonly firstSequence?: number
  readonly letters: readonly UndoLetter[]
}

export function printUndoLetters(job: UndoLettersJob): NoticeBatchResult {
  const { aggregator } = job.terms
  const header = {
    file: job.file,
    title: 'Your opt-out is in effect',
    author: aggregator.name,
    language: 'en-US',
    createdAt: job.createdAt,
  }
  const file = openPdf(header)
  try {
    const { pdf } = file
    const faces = { sans: quickFace(pdf, 'sans'), bold: quickFace(pdf, 'sans-bold') }
    const structure = structureRoot(pdf)
    const review: ReviewEntry[] = []
    let letters = 0
    for (const [index, letter] of job.letters.entries()) {
      const piece = fitPiece(faces, { ...letter, content: '' }, job.postal)
      if (typeof piece === 'string') {
        review.push({ index, reason: piece })
        continue
      }
      pdf.addPage()
      const { page } = internals(pdf)
      for (const face of Object.values(faces)) page.fonts[face.id] = face.reference
      const tags = tagging((operators) => page.content.write(operators), 'Sect')
      drawLetterhead(pdf, tags, aggregator, PROGRAM_NAME)
      tags.leaf('P', () => drawParagraph(pdf, dateInWords(job.plannedDate), PAGE.left, 118, 300, BODY))
      const slots = { postalSlot: tags.slot('Figure', { alt: 'Postal barcode' }), addressSlot: tags.slot('P') }
      page.content.write(frontOperators(faces, piece, slots))
      drawWords(pdf, tags, job, letter)
      structure.stamp(tags.tree(), [page])
      pdf.flushPages()
      letters++
    }
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

const BODY: TypeStyle = { ...bodyStyle(11), leading: 15 }

function drawWords(pdf: Pdf, tags: Tagging, job: UndoLettersJob, letter: UndoLetter): void {
  const { terms, supplier } = job
  const { aggregator } = terms
  const width = PAGE.right - PAGE.left
  const heading: TypeStyle = { face: 'sans-bold', bold: 'sans-bold', size: 12, leading: 16, color: ACCENT }
  let y = 296
  const title: TypeStyle = { face: 'serif-bold', bold: 'serif-bold', size: 17, leading: 22, color: ACCENT }
  tags.leaf('H1', () => {
    y = drawParagraph(pdf, 'Your opt-out is in effect', PAGE.left, y, width, title) + 10
  })
  const paragraph = (markup: string) =>
    tags.leaf('P', () => {
      y = drawParagraph(pdf, markup, PAGE.left, y, width, BODY) + 8
    })
  const part = (text: string) =>
    tags.leaf('H2', () => {
      y = drawParagraph(pdf, text, PAGE.left, y + 6, width, heading) + 3
    })
  paragraph(`Dear ${aggregator.shortName} electric customer,`)
  paragraph(
    `We received your opt-out on **${dateInWords(letter.receivedOn)}**. It was in time for the deadline of ${dateInWords(letter.deadline)} (a card counts by its postmark), so it counts, although we had already begun to enroll the accounts of the program. It concerns the account ending in **${letter.accountNumber.slice(-4)}**.`,
  )
  part('What happens next')
  paragraph(nextStep(terms, supplier.marketingName, letter))
  part('What it costs')
  paragraph('You pay **no fee**, neither for opting out nor for the way back. You do not need to do anything.')
  part('Questions')
  paragraph(
    `Call ${supplier.marketingName} at **${supplier.phone}**, or the ${aggregator.name} at ${aggregator.phone}. Complaints go to the ${planFact(terms, 'commissionName').value}, ${planFact(terms, 'iccPhone').value}.`,
  )
  tags.leaf('P', () => {
    y = drawParagraph(pdf, aggregator.signatory.name, PAGE.left, y + 14, width, {
      face: 'serif-italic',
      bold: 'serif-italic',
      size: 15,
      leading: 20,
      color: ACCENT,
    })
  })
  tags.leaf('P', () => {
    y = drawParagraph(pdf, aggregator.signatory.title, PAGE.left, y, width, {
      face: 'sans',
      bold: 'sans-bold',
      size: 9.5,
      leading: 12,
      color: MUTED,
    })
  })
  tags.leaf('P', () =>
    drawRun(pdf.fillColor(MUTED), `Letter code ${formatLetterCode(letter.code)}`, 'sans', 8.5, PAGE.left, 764),
  )
}

function nextStep(terms: PlanTerms, supplier: string, letter: UndoLetter): string {
  const utility = terms.utility.name
  const when =
    letter.returnsOn === null
      ? 'at one of your next meter reads'
      : `with your meter read of about ${dateInWords(letter.returnsOn)}`
  switch (letter.stage) {
    case 'pulled':
      return `Your account had not yet been sent to ${utility}, and now it will not be. Your supply stays as it is.`
    case 'withdrawn':
      return `Your account had already been sent to ${utility}. We have asked ${utility} to take the enrollment back before it takes effect. A letter from ${utility} about ${supplier} may still reach you; you need not answer it.`
    case 'too-near':
      return `Your account had already been sent to ${utility}, and its change to ${supplier} is too near to be stopped. We have asked ${utility} to end it again; you return to your former supply ${when}. In between the program price applies.`
    case 'next-read':
      return `Your account had already changed to ${supplier}. We have asked ${utility} to end that; you return to your former supply ${when}. Until then the program price applies.`
    default:
      return assertNever(letter.stage)
  }
}
