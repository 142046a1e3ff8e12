/**
 * The constant part of the letter: everything but address, account and codes, set once for all letters of one content.
 *
 * Each of the two pages becomes one stream in the file that every such letter's page shares; the letter adds a short
 * stream of its own in front. The structure tree is set once too, and stamped for each letter.
 */
import { invariant } from '../../domain/invariant.js'
import type { NoticeContent } from '../../domain/notice-content.js'
import { BACK_LIMIT, drawNoticeBack } from './notice-back.js'
import type { NoticeBack } from './notice-back.js'
import { drawNoticeFront } from './notice-front.js'
import type { NoticeFront } from './notice-front.js'
import { internals } from './pdf-file.js'
import type { Pdf, PdfPage, PdfReference } from './pdf-file.js'
import { tagging } from './tag-tree.js'
import type { TagTree } from './tag-tree.js'

export interface NoticeSheet {
  readonly slots: Omit<NoticeFront & NoticeBack, 'bottom'>
  readonly replyLink: string
  readonly tree: TagTree
  /** Puts the constant part on a page of the letter: 0 the first, 1 the second. */
  apply(page: PdfPage, which: 0 | 1): void
}

/** Sizes of the reading text, tried in turn; below 10 only for an account of many classes or a supplier of many words. */
const SIZES = [10.6, 10.4, 10.2, 10, 9.7, 9.4] as const
const FRONT_LIMIT = 750

/** Sets the sheet; a page must be open. @throws when the text does not fit two pages at the smallest size. */
export function setNoticeSheet(pdf: Pdf, content: NoticeContent): NoticeSheet {
  const size = SIZES.find((tried) => {
    const nowhere = { write: () => undefined, end: () => undefined }
    const { front, back } = drawn(pdf, content, tried, [nowhere, nowhere])
    return front.bottom <= FRONT_LIMIT && back.bottom <= BACK_LIMIT
  })
  invariant(size !== undefined, 'the words of the letter fit two pages; shorten the sentences of the plan')
  const streams = [internals(pdf).ref(), internals(pdf).ref()] as const
  const { front, back, tree } = drawn(pdf, content, size, streams)
  for (const stream of streams) stream.end()
  const fonts = { ...internals(pdf).page.fonts }
  return {
    slots: { ...front, ...back },
    replyLink: content.replyLink,
    tree,
    apply(page, which) {
      page.dictionary.data.Contents = [page.content, streams[which]]
      Object.assign(page.fonts, fonts)
    },
  }
}

type Sink = Pick<PdfReference, 'write' | 'end'>

function drawn(
  pdf: Pdf,
  content: NoticeContent,
  size: number,
  sinks: readonly [Sink, Sink],
): { front: NoticeFront; back: NoticeBack; tree: TagTree } {
  const { page } = internals(pdf)
  const own = page.content
  const tags = tagging((operators) => page.content.write(operators), 'Sect')
  try {
    page.content = sinks[0]
    const front = drawNoticeFront(pdf, tags, content, size)
    tags.nextPage()
    page.content = sinks[1]
    const back = drawNoticeBack(pdf, tags, content, size)
    return { front, back, tree: tags.tree() }
  } finally {
    page.content = own
  }
}
