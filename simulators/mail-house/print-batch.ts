/** How the simulated mail house reads a print batch: its own look at the manifest and at the PDF. */
import { createHash } from 'node:crypto'

/** Sequence numbers and letter codes only: nothing in it says who a letter is for. */
export interface PrintManifest {
  readonly batch: string
  readonly drop: string
  readonly count: number
  readonly pages: number
  readonly sha256: string
  readonly letters: readonly { readonly sequence: number; readonly code: string }[]
}

const FORMAT = 'meterhall-print-batch/1'
/** Letters that one job of its machines takes. */
const LARGEST_BATCH = 5000

/** The manifest, or what is wrong with it. */
export function readManifest(content: Buffer): PrintManifest | string {
  let given: unknown
  try {
    given = JSON.parse(content.toString('utf8'))
  } catch {
    return 'the manifest is not JSON'
  }
  const manifest = given as Partial<PrintManifest> & { readonly format?: string }
  if (manifest?.format !== FORMAT) return `the manifest is not of the form ${FORMAT}`
  const texts = [manifest.batch, manifest.drop, manifest.sha256]
  if (texts.some((value) => typeof value !== 'string' || value === ''))
    return 'the manifest lacks batch, drop or sha256'
  const { letters, count } = manifest
  if (!Array.isArray(letters) || !Number.isInteger(manifest.pages)) return 'the manifest lacks letters or pages'
  if (count !== letters.length) return `the manifest says ${count} letters and lists ${letters.length}`
  if (count === 0) return 'the batch is empty'
  if (count > LARGEST_BATCH) return `a batch holds at most ${LARGEST_BATCH} letters`
  const first = letters[0]?.sequence
  if (letters.some(({ sequence }, place) => sequence !== first + place))
    return 'the sequence numbers have a gap or a repeat'
  if (new Set(letters.map(({ code }) => code)).size !== count) return 'a letter code stands twice'
  return manifest as PrintManifest
}

/** What does not fit between the PDF and its manifest, or null. */
export function mismatch(pdf: Buffer, manifest: PrintManifest): string | null {
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-'))) return 'the batch is not a PDF'
  if (createHash('sha256').update(pdf).digest('hex') !== manifest.sha256)
    return 'the PDF has another SHA-256 than the manifest says'
  const pages = pagesOf(pdf)
  if (pages !== manifest.pages) return `the PDF has ${pages} pages and the manifest says ${manifest.pages}`
  return null
}

/** Pages by the root of the page tree: the largest count of any node. */
export function pagesOf(pdf: Buffer): number {
  let pages = 0
  for (let at = pdf.indexOf('/Pages'); at >= 0; at = pdf.indexOf('/Pages', at + 1)) {
    const node = pdf.subarray(Math.max(0, pdf.lastIndexOf(' obj', at)), pdf.indexOf('endobj', at)).toString('latin1')
    if (/\/Type\s*\/Pages\b/.test(node)) pages = Math.max(pages, Number(/\/Count\s+(\d+)/.exec(node)?.[1] ?? 0))
  }
  return pages
}
