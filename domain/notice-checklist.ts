/**
 * The notice checklist: what the letter must carry, item by item, each found again in the text of the rendered page.
 *
 * The items' labels and clauses are plan data (`noticeFacts`, see `noticeItemKey`); which words of the letter prove an item is
 * decided where the words are written, in notice-content.ts.
 */
import type { NoticeContent } from './notice-content.js'

/** In the order of the catalogue of contents. */
export const NOTICE_ITEMS = [
  'aggregator',
  'authority',
  'supplier',
  'price',
  'fees',
  'deadline',
  'card',
  'rescission',
  'delivery',
  'choice',
  'assistance',
  'transition',
  'complaints',
] as const
export type NoticeItem = (typeof NOTICE_ITEMS)[number]

/** Key of the plan's notice fact whose value is the item's label and whose cite is its clause, for example `itemPrice`. */
export function noticeItemKey(id: NoticeItem): string {
  return `item${id.charAt(0).toUpperCase()}${id.slice(1)}`
}

export interface ChecklistEntry {
  readonly id: NoticeItem
  readonly label: string
  readonly clause: string
  /** Every one of these must stand on the page, up to spacing and the shape of quotation marks and hyphens. */
  readonly markers: readonly string[]
}

/** The entries of which at least one marker is not in the text; empty when the letter is complete. */
export function checkNoticeText(pageText: string, content: Pick<NoticeContent, 'checklist'>): ChecklistEntry[] {
  const text = plainText(pageText)
  return content.checklist.filter((entry) => !entry.markers.every((marker) => text.includes(plainText(marker))))
}

/** Line ends and spaces carry no meaning on a page: words are compared without them. */
function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐‑–—]/g, '-')
    .replace(/\s+/gu, '')
    .toLowerCase()
}
