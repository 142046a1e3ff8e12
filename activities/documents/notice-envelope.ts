/** The face of a #10 window envelope: seal, name and return address, the legend of the rule; the address shows through the window. */
import { ACCENT, INK, MUTED } from './faces.js'
import { placeOf } from './letterhead.js'
import { internals, openPdf } from './pdf-file.js'
import type { RenderedFile } from './pdf-file.js'
import { planFact, PROGRAM_NAME } from './plan-sheet.js'
import type { ProgramDocument } from './plan-sheet.js'
import { structureRoot, tagging } from './tag-tree.js'
import { drawParagraph, drawRun } from './type-setting.js'
import { drawSeal } from './village-seal.js'

export interface NoticeEnvelope extends ProgramDocument {
  readonly kind: 'notice-envelope'
  /** What the carrier is to do with undeliverable pieces, for example `Return Service Requested`; null: nothing is printed. */
  readonly endorsement: string | null
}

/** @unit points: 9.5 by 4.125 inches, the window 0.875 from the left and 0.5 from the foot, 4.5 by 1.125. */
const ENVELOPE = { width: 684, height: 297, window: { x: 63, y: 180, width: 324, height: 81 } } as const

export function printNoticeEnvelope(order: NoticeEnvelope): RenderedFile {
  const { aggregator } = order.terms
  const legend = planFact(order.terms, 'envelopeLegend').value
  const file = openPdf({
    file: order.file,
    title: 'Envelope of the notice',
    author: aggregator.name,
    language: 'en-US',
    createdAt: order.createdAt,
  })
  const { pdf } = file
  pdf.addPage({ size: [ENVELOPE.width, ENVELOPE.height], margin: 0 })
  const { page } = internals(pdf)
  const structure = structureRoot(pdf)
  const tags = tagging((operators) => page.content.write(operators), 'Sect')
  tags.leaf('Figure', () => drawSeal(pdf, aggregator.name, placeOf(aggregator), 62, 58, 32), {
    alt: `Seal of the ${aggregator.name}`,
  })
  tags.leaf('P', () => {
    drawRun(pdf.fillColor(ACCENT), aggregator.name, 'serif-bold', 15, 106, 46)
    drawRun(pdf.fillColor(MUTED), PROGRAM_NAME, 'sans', 9, 106.5, 59)
    drawParagraph(pdf, aggregator.addressLines.join(', '), 106.5, 61, 300, {
      face: 'sans',
      bold: 'sans-bold',
      size: 9,
      leading: 12,
      color: INK,
    })
  })
  const { endorsement } = order
  if (endorsement !== null) {
    tags.leaf('P', () => drawRun(pdf.fillColor(INK), endorsement, 'sans-bold', 9.5, 106.5, 92))
  }
  // above the window: what stands beside or below an address can be read as part of it
  tags.artifact(() => pdf.rect(ENVELOPE.window.x, 133, 2.5, 26).fill(ACCENT))
  tags.leaf('P', () => drawRun(pdf.fillColor(ACCENT), legend, 'serif-bold', 16, ENVELOPE.window.x + 12, 151.5))
  structure.stamp(tags.tree(), [page])
  return file.finish()
}
