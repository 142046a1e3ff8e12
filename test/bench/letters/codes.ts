/** The codes of a letter as dark rectangles, for contestants that have no encoder of their own. */
import { code128 } from '../../../activities/documents/code-128.js'
import { qrCode } from '../../../activities/documents/qr-code.js'

/** In modules from the top left. */
export interface DarkRun {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Dark modules that touch in a row are one rectangle. */
export function qrRuns(text: string): { readonly size: number; readonly runs: readonly DarkRun[] } {
  const { size, modules } = qrCode(text)
  const runs: DarkRun[] = []
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const start = x
      while (x < size && modules[y * size + x] === 1) x++
      if (x > start) runs.push({ x: start, y, width: x - start })
    }
  }
  return { size, runs }
}

export function barRuns(text: string): { readonly size: number; readonly runs: readonly DarkRun[] } {
  let x = 0
  const runs = code128(text).flatMap((width, index) => {
    const run = { x, y: 0, width }
    x += width
    return index % 2 === 0 ? [run] : []
  })
  return { size: x, runs }
}
