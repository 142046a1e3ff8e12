/**
 * The text that differs from letter to letter, set character by character without kerning: a letter costs some hundred
 * look-ups instead of a text layout.
 */
import { coversText, embeddedFace } from './faces.js'
import type { Face } from './faces.js'
import type { Pdf } from './pdf-file.js'

export interface QuickFace {
  /** Name of the face on the page. */
  readonly id: string
  readonly reference: ReturnType<ReturnType<typeof embeddedFace>['ref']>
  covers(text: string): boolean
  /** @unit points */
  width(text: string, size: number): number
  /** Operators that show one line, baseline at (x, y) in PDF's own coordinates: y grows upwards. */
  show(text: string, size: number, x: number, y: number): string
}

export function quickFace(pdf: Pdf, face: Face): QuickFace {
  const known = new Map<string, { readonly hex: string; readonly advance: number }>()
  const embedded = embeddedFace(pdf, face)
  const glyph = (character: string) => {
    const found = known.get(character)
    if (found !== undefined) return found
    const [hexes, positions] = embedded.encode(character)
    const made = { hex: hexes.join(''), advance: positions.reduce((sum, position) => sum + position.xAdvance, 0) }
    known.set(character, made)
    return made
  }
  return {
    id: embedded.id,
    reference: embedded.ref(),
    covers: (text) => coversText(pdf, face, text),
    width(text, size) {
      let sum = 0
      for (const character of text) sum += glyph(character).advance
      return (sum * size) / 1000
    },
    show(text, size, x, y) {
      let hex = ''
      for (const character of text) hex += glyph(character).hex
      return `BT /${embedded.id} ${size} Tf 1 0 0 1 ${places(x)} ${places(y)} Tm <${hex}> Tj ET`
    },
  }
}

/** Two decimals of a point are finer than any press. */
export function places(value: number): string {
  return String(Math.round(value * 100) / 100)
}
