/** Typst by its compiler for Node: a template, the letters as data, the codes as SVG. */
import { strict as assert } from 'node:assert'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { NoticeLetter } from '../../../activities/documents/notice-job.js'
import type { Findings } from '../contest.js'
import { peakMegabytes, perProcessorSecond } from '../processor-time.js'
import { barRuns, type DarkRun, qrRuns } from './codes.js'
import type { LetterSettings } from './contest.js'
import { ownLines, plainLetter, sampleLetters } from './sample-letters.js'

const require = createRequire(import.meta.url)
const FACES = [
  '@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf',
  '@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf',
  '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  '@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf',
]

const TEMPLATE = `
#let serif = "Source Serif 4"
#let sans = "Source Sans 3"
#let data = json(bytes(sys.inputs.data))
#set page(paper: "us-letter", margin: 54pt)
#set par(leading: 0.45em, spacing: 0.35em)
#let setBlock(block) = {
  if block.kind == "title" { par(text(font: serif, size: 16pt, weight: 600, block.text)) }
  else if block.kind == "heading" { par(text(font: sans, size: 10pt, weight: 600, block.text)) }
  else if block.kind == "row" { par(text(font: sans, size: 8.5pt, block.text)) }
  else { par(text(font: serif, size: 8.8pt, block.text)) }
}
#for letter in data.letters {
  for line in data.content.head { par(text(font: serif, size: 11pt, weight: 600, line)) }
  for line in letter.address { par(text(font: sans, size: 10pt, line)) }
  for block in data.content.front { setBlock(block) }
  pagebreak()
  for block in data.content.back { setBlock(block) }
  for line in data.content.card + letter.card { par(text(font: sans, size: 8pt, line)) }
  place(top + left, dx: 416pt, dy: 566pt, image(bytes(letter.qr), format: "svg", width: 70pt))
  place(top + left, dx: 246pt, dy: 636pt, image(bytes(letter.bars), format: "svg", height: 30pt))
  pagebreak(weak: true)
}
`

export async function measure({ folder, letters, leastSeconds }: LetterSettings): Promise<Findings> {
  const content = plainLetter()
  const fontPaths = FACES.map((face) => dirname(require.resolve(face)))
  const compiler = NodeCompiler.create({ fontArgs: [{ fontPaths }] })
  const all = sampleLetters(letters)
  let bytes = 0
  const perSecond = await perProcessorSecond(letters, leastSeconds, () => {
    const data = JSON.stringify({ content, letters: all.map((letter) => dataOf(letter, content.link)) })
    const compiled = compiler.compile({ mainFileContent: TEMPLATE, inputs: { data } })
    assert(compiled.result !== null, JSON.stringify(compiled.takeDiagnostics()?.shortDiagnostics))
    assert.equal(compiled.result.numOfPages, letters * 2)
    const pdf = compiler.pdf(compiled.result, { pdfTags: false })
    bytes = pdf.length
    const descriptor = openSync(join(folder, 'typst.pdf'), 'w')
    writeSync(descriptor, pdf)
    fsyncSync(descriptor)
    closeSync(descriptor)
    // what was laid out before is not laid out again otherwise: the next batch has other people in it
    compiler.evictCache(0)
  })
  return { letters: perSecond, 'letter-bytes': bytes / letters, 'letter-memory': peakMegabytes() }
}

function dataOf(letter: NoticeLetter, link: string) {
  return { ...ownLines(letter), qr: svg(qrRuns(`${link}${letter.code}`), 1), bars: svg(barRuns(letter.code), 0) }
}

/** @param square 1: as high as wide; 0: bars a third as high */
function svg({ size, runs }: { readonly size: number; readonly runs: readonly DarkRun[] }, square: 0 | 1): string {
  const height = square === 1 ? size : size / 3
  const unit = square === 1 ? 1 : height
  const path = runs.map(({ x, y, width }) => `M${x} ${y}h${width}v${unit}h${-width}z`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${height}"><path d="${path}"/></svg>`
}
