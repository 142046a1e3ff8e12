/**
 * The emblem on letterhead and envelope: a sun over furrows inside two rings that carry the aggregator's name.
 *
 * It is drawn by us for any aggregator and copies no official seal. The name is drawn as outlines, so that reading the
 * page aloud or searching it does not meet single letters on a circle.
 */
import { ACCENT, embeddedFace, GOLD } from './faces.js'
import type { Pdf } from './pdf-file.js'

/** @param radius of the outer ring, in points. */
export function drawSeal(pdf: Pdf, name: string, place: string, x: number, y: number, radius: number): void {
  pdf
    .save()
    .translate(x, y)
    .scale(radius / 100)
  pdf.circle(0, 0, 98).lineWidth(3.2).stroke(ACCENT)
  pdf.circle(0, 0, 92.5).lineWidth(1).stroke(ACCENT)
  pdf.circle(0, 0, 66).lineWidth(1.6).stroke(ACCENT)
  drawEmblem(pdf)
  drawOnCircle(pdf, name.toUpperCase(), 73.5, 'over')
  drawOnCircle(pdf, place.toUpperCase(), 73.5, 'under')
  pdf.restore()
}

/** A rising sun, a horizon with two trees, and furrows that run to one point. */
function drawEmblem(pdf: Pdf): void {
  pdf.save()
  pdf.circle(0, 0, 63.5).clip()
  for (let i = 0; i < 13; i++) {
    const angle = Math.PI * (1 + i / 12)
    const [near, far] = i % 2 === 0 ? [30, 50] : [30, 42]
    pdf
      .moveTo(near * Math.cos(angle), 6 + near * Math.sin(angle))
      .lineTo(far * Math.cos(angle), 6 + far * Math.sin(angle))
  }
  pdf.lineWidth(2.6).lineCap('round').stroke(GOLD)
  pdf.path('M -24 6 A 24 24 0 0 1 24 6 Z').fill(GOLD)
  pdf.rect(-66, 6, 132, 62).fill(ACCENT)
  for (const foot of [-92, -62, -36, -12, 12, 36, 62, 92]) pdf.moveTo(foot * 0.16, 10).lineTo(foot, 66)
  pdf.lineWidth(2.4).stroke('#ffffff')
  pdf.path('M -66 6 Q -50 -3 -34 4 L -34 8 L -66 8 Z').fill(ACCENT)
  pdf.path('M 66 6 Q 50 -4 32 4 L 32 8 L 66 8 Z').fill(ACCENT)
  pdf.restore()
}

/** Outlines of the words along the ring, centered at the top (`over`) or, readable from below, at the foot (`under`). */
function drawOnCircle(pdf: Pdf, words: string, radius: number, side: 'over' | 'under'): void {
  const { font } = embeddedFace(pdf, 'serif-bold')
  const { glyphs } = font.layout(words)
  const scale = (size: number) => size / font.unitsPerEm
  const spacing = 3
  const length = (size: number) =>
    glyphs.reduce((sum, glyph) => sum + glyph.advanceWidth * scale(size) + spacing, -spacing)
  // a long name is set smaller rather than bitten by its own tail
  const room = Math.PI * radius * (side === 'over' ? 1.24 : 0.6)
  const size = Math.min(17, (17 * room) / Math.max(room, length(17)))
  const baseline = side === 'over' ? radius : radius + size * 0.66
  const direction = side === 'over' ? 1 : -1
  let along = -length(size) / 2
  for (const glyph of glyphs) {
    const advance = glyph.advanceWidth * scale(size)
    const angle = (direction * (along + advance / 2)) / baseline
    pdf.save().rotate((angle * 180) / Math.PI)
    pdf.translate(-advance / 2, side === 'over' ? -baseline : baseline).scale(scale(size), -scale(size))
    const outline = glyph.path.toSVG()
    if (outline !== '') pdf.path(outline).fill(ACCENT)
    pdf.restore()
    along += advance + spacing
  }
}
