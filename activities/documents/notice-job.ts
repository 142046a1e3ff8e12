/** What a print batch of notices is made from, and what comes back. */
import type { PostalAddress } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { Instant } from '../../domain/instant.js'
import type { LetterCode } from '../../domain/letter-code.js'
import type { ChecklistEntry } from '../../domain/notice-checklist.js'
import type { NoticeContent } from '../../domain/notice-content.js'
import type { PostalBarcodeSettings } from '../../domain/postal-barcode.js'
import type { RenderedFile } from './pdf-file.js'

export interface NoticeBatchJob {
  /** Target of the PDF. */
  readonly file: string
  readonly batchId: string
  readonly drop: string
  readonly plannedDate: CivilDate
  readonly printedDeadline: CivilDate
  /** Program time; the same job gives the same bytes. */
  readonly createdAt: Instant
  /** `blank`: one tiny page per letter that carries its code only, for load tests. */
  readonly style: 'letter' | 'blank'
  readonly contents: Readonly<Record<string, NoticeContent>>
  /** Null: no postal barcode. */
  readonly postal: PostalBarcodeSettings | null
  /** Number of the first printed letter; 1 when absent. */
  readonly firstSequence?: number
  readonly letters: readonly NoticeLetter[]
}

export interface NoticeLetter {
  /** Key into the job's contents. */
  readonly content: string
  readonly code: LetterCode
  /** Identifies the mail piece in the postal barcode. */
  readonly serial: number
  readonly name: string
  readonly mailAddress: PostalAddress
  readonly serviceAddress: PostalAddress
  readonly accountNumber: string
}

/** Why a letter cannot be printed as it is: a person decides. */
export type ReviewReason =
  | 'blank-name'
  | 'blank-address'
  | 'missing-glyph'
  | 'name-too-long'
  | 'address-too-long'
  | 'postal-code'

export interface ReviewEntry {
  /** Index into the job's letters. */
  readonly index: number
  readonly reason: ReviewReason
}

/** With no letter printed there is no file: `letters`, `pages` and `bytes` are 0 and `sha256` is empty. */
export interface NoticeBatchResult extends RenderedFile {
  readonly letters: number
  /** Letters that were not printed and have no sequence number. */
  readonly review: readonly ReviewEntry[]
}

export interface NoticeProof extends NoticeBatchResult {
  /** Checklist entries looked for, over all letters. */
  readonly checked: number
  /** Entries that the text of the rendered pages does not hold; the letter by index into the job's letters. */
  readonly missing: readonly { readonly letter: number; readonly entry: ChecklistEntry }[]
}
