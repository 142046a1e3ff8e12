/** The text of a PDF's pages, as another program reads it. */
import { readFileSync } from 'node:fs'

/** One string per page, in the order in which the page shows its text. */
export async function pageTexts(file: string): Promise<string[]> {
  // loaded only where a page is read: it is large
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const task = getDocument({ data: new Uint8Array(readFileSync(file)), useSystemFonts: false, verbosity: 0 })
  try {
    const document = await task.promise
    const texts: string[] = []
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent()
      texts.push(items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''))
    }
    return texts
  } finally {
    await task.destroy()
  }
}
