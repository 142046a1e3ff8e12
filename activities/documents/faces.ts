/** The typefaces: Source Serif for reading, Source Sans for labels and tables. Both cover Latin with Vietnamese, Greek and Cyrillic. */
import { createRequire } from 'node:module'
import type { Pdf } from './pdf-file.js'

const require = createRequire(import.meta.url)

const FILES = {
  serif: '@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf',
  'serif-bold': '@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf',
  'serif-italic': '@expo-google-fonts/source-serif-4/400Regular_Italic/SourceSerif4_400Regular_Italic.ttf',
  sans: '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  'sans-bold': '@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf',
} as const

export type Face = keyof typeof FILES

/** @unit colors: RGB in hex. */
export const INK = '#1b1f1d'
export const ACCENT = '#1f4d3c'
export const MUTED = '#55605a'
export const RULE = '#a9bab0'
export const TINT = '#eef3ef'
export const GOLD = '#a9791f'

/** Makes the faces known by name; a file is read when its face is first used. */
export function registerFaces(pdf: Pdf): void {
  for (const [face, file] of Object.entries(FILES)) pdf.registerFont(face, require.resolve(file))
}

/** What of fontkit's and pdfkit's font objects is used. */
interface EmbeddedFace {
  readonly id: string
  readonly ascender: number
  readonly descender: number
  readonly font: {
    readonly unitsPerEm: number
    hasGlyphForCodePoint(codePoint: number): boolean
    layout(text: string): {
      readonly glyphs: readonly { readonly advanceWidth: number; readonly path: { toSVG(): string } }[]
    }
  }
  ref(): import('./pdf-file.js').PdfReference
  encode(text: string): [string[], { readonly xAdvance: number }[]]
}

/** Selects the face and gives its font object. */
export function embeddedFace(pdf: Pdf, face: Face): EmbeddedFace {
  pdf.font(face)
  return (pdf as unknown as { readonly _font: EmbeddedFace })._font
}

/** True when the face has a glyph for every character; a space and its kind need none. */
export function coversText(pdf: Pdf, face: Face, text: string): boolean {
  const { font } = embeddedFace(pdf, face)
  return [...text].every(
    (character) => character === ' ' || font.hasGlyphForCodePoint(character.codePointAt(0) as number),
  )
}
