/** The opt-out card at the foot of the letter's second page, cut off along the second fold. */
import { CARD_FIELDS } from '../../domain/notice-content.js'
import type { NoticeContent } from '../../domain/notice-content.js'
import { ACCENT, INK, MUTED } from './faces.js'
import { PAGE } from './letterhead.js'
import { FOLDS } from './notice-front.js'
import type { Pdf } from './pdf-file.js'
import type { Tagging } from './tag-tree.js'
import { drawParagraph, drawRun } from './type-setting.js'
import type { TypeStyle } from './type-setting.js'

const TOP = FOLDS[1]
/** Where the letter's own lines and barcodes go, in points from the top left. */
export const CARD = {
  holder: { x: 54, baseline: TOP + 84, width: 208 },
  account: { x: 274, baseline: TOP + 84, width: 116 },
  service: { x: 54, baseline: TOP + 121, width: 336 },
  code: { x: 416, baseline: TOP + 132, width: 142 },
  qr: { x: 447, top: TOP + 31, size: 80 },
  bars: { x: 416, top: TOP + 140, width: 142, height: 28 },
  sequence: { x: 558, baseline: 784 },
  size: 11,
  smallest: 8.5,
} as const

export interface NoticeCard {
  readonly holderSlot: string
  readonly accountSlot: string
  readonly serviceSlot: string
  readonly codeSlot: string
  readonly qrSlot: string
  readonly barsSlot: string
}

export function drawNoticeCard(pdf: Pdf, tags: Tagging, content: NoticeContent): NoticeCard {
  const { card } = content
  const [holder, account, service, signature, date, phone, code] = CARD_FIELDS
  const label: TypeStyle = { face: 'sans', bold: 'sans-bold', size: 8.5, leading: 10, color: MUTED }
  const labelled = (text: string, x: number, baseline: number) =>
    drawRun(pdf.fillColor(MUTED), text, 'sans', label.size, x, baseline)
  return tags.group('Sect', () => {
    tags.artifact(() => drawCut(pdf))
    tags.leaf('H2', () => drawRun(pdf.fillColor(ACCENT), card.heading, 'sans-bold', 15, PAGE.left, TOP + 30))
    tags.leaf('P', () =>
      drawParagraph(pdf, `**${card.due}**`, PAGE.left + 98, TOP + 20.5, 260, {
        ...label,
        size: 9.5,
        leading: 13,
        color: INK,
      }),
    )
    tags.leaf('P', () =>
      drawParagraph(pdf, `**${card.statement}**`, PAGE.left, TOP + 38, 345, {
        face: 'sans',
        bold: 'sans-bold',
        size: 10.5,
        leading: 13,
        color: INK,
      }),
    )
    tags.leaf('P', () => labelled(holder, CARD.holder.x, CARD.holder.baseline - 12))
    const holderSlot = tags.slot('P')
    tags.leaf('P', () => labelled(account, CARD.account.x, CARD.account.baseline - 12))
    const accountSlot = tags.slot('P')
    tags.leaf('P', () => labelled(service, CARD.service.x, CARD.service.baseline - 12))
    const serviceSlot = tags.slot('P')
    const lines: readonly (readonly [string, number, number])[] = [
      [signature, 54, 190],
      [date, 254, 60],
      [phone, 324, 66],
    ]
    tags.artifact(() => {
      for (const [, x, width] of lines) pdf.moveTo(x, TOP + 166).lineTo(x + width, TOP + 166)
      pdf.lineWidth(0.7).stroke(INK)
    })
    for (const [text, x] of lines) tags.leaf('P', () => labelled(text, x, TOP + 176))
    tags.leaf('P', () =>
      drawParagraph(pdf, `**${card.returnLabel}** ${card.returnTo.join(', ')}`, PAGE.left, TOP + 184, 340, {
        ...label,
        size: 9.5,
        leading: 12,
        color: INK,
      }),
    )
    const qrSlot = tags.slot('Figure', { alt: 'Square code that opens the opt-out page with this letter code' })
    tags.leaf('P', () =>
      drawParagraph(pdf, card.scanHint, CARD.code.x, TOP + 8, CARD.code.width, { ...label, align: 'center' }),
    )
    tags.leaf('P', () => labelled(`${code}:`, CARD.code.x + 6, CARD.code.baseline))
    const codeSlot = tags.slot('P')
    const barsSlot = tags.slot('Figure', { alt: 'Barcode of the letter code' })
    return { holderSlot, accountSlot, serviceSlot, codeSlot, qrSlot, barsSlot }
  })
}

/** A dashed line with a pair of scissors. */
function drawCut(pdf: Pdf): void {
  pdf.save()
  pdf.moveTo(38, TOP).lineTo(594, TOP).dash(4, { space: 3 }).lineWidth(0.8).stroke(MUTED).undash()
  pdf.translate(28, TOP).lineWidth(0.9)
  pdf.circle(-5, -3.2, 2.3).circle(-5, 3.2, 2.3)
  pdf.moveTo(-3.1, -1.9).lineTo(7, 3.4).moveTo(-3.1, 1.9).lineTo(7, -3.4)
  pdf.stroke(MUTED).restore()
}
