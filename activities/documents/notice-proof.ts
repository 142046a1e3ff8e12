/** The proof: prints the letters and looks for every checklist item in the text of the rendered pages. Runs in the render thread. */
import { checkNoticeText } from '../../domain/notice-checklist.js'
import { printNoticeBatch } from './notice-batch.js'
import type { NoticeBatchJob, NoticeProof } from './notice-job.js'
import { pageTexts } from './page-text.js'

/** Pages of one letter. */
const LETTER_PAGES = 2

export async function printNoticeProof(job: NoticeBatchJob): Promise<NoticeProof> {
  const printed = printNoticeBatch(job)
  const texts = printed.letters === 0 ? [] : await pageTexts(job.file)
  const unprinted = new Set(printed.review.map((entry) => entry.index))
  const proved = job.letters.flatMap((letter, index) => (unprinted.has(index) ? [] : [{ letter, index }]))
  let checked = 0
  const missing = proved.flatMap(({ letter, index }, place) => {
    const content = job.contents[letter.content]
    if (content === undefined) return []
    checked += content.checklist.length
    const text = texts.slice(place * LETTER_PAGES, (place + 1) * LETTER_PAGES).join('\n')
    return checkNoticeText(text, content).map((entry) => ({ letter: index, entry }))
  })
  return { ...printed, checked, missing }
}
