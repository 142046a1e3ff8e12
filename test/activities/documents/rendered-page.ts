/** Reads rendered pages with programs that are not ours: text and structure by pdfjs, barcodes from a picture by zxing and jsQR. */
import { readFileSync } from 'node:fs'
import zxing from '@zxing/library'
import jsqr from 'jsqr'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

export interface PlacedText {
  readonly text: string
  readonly left: number
  readonly right: number
  /** From the foot of the page. */
  readonly baseline: number
}

export interface StructureNode {
  readonly role?: string
  readonly alt?: string
  readonly lang?: string
  readonly children?: readonly (StructureNode | { readonly type: 'content'; readonly id: string })[]
}

export interface RenderedPage {
  readonly text: string
  readonly items: readonly PlacedText[]
  readonly structure: StructureNode | null
  readonly size: readonly [number, number]
}

export interface RenderedDocument {
  readonly pages: readonly RenderedPage[]
  readonly language: string | null
  readonly title: string
  readonly tagged: boolean
}

export async function openRendered(file: string): Promise<RenderedDocument> {
  const task = getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 })
  const document = await task.promise
  const { info } = (await document.getMetadata()) as unknown as { info: { Title: string; Language: string | null } }
  const marks = await document.getMarkInfo()
  const pages: RenderedPage[] = []
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number)
    const { items } = await page.getTextContent()
    const placed = items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return []
      const [, , , , left, baseline] = item.transform as [number, number, number, number, number, number]
      return [{ text: item.str, left, right: left + item.width, baseline }]
    })
    const [, , width = 0, height = 0] = page.view
    pages.push({
      text: items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''),
      items: placed,
      structure: (await page.getStructTree()) as StructureNode | null,
      size: [width, height],
    })
  }
  await task.destroy()
  return { pages, language: info.Language, title: info.Title, tagged: marks?.Marked === true }
}

/** Region in points from the top left. */
export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** One byte of luminance per pixel. */
export interface Picture {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
}

/** A region of the page. */
export async function pictureOf(file: string, page: number, region: Region, scale = 4): Promise<Picture> {
  const task = getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 })
  const document = await task.promise
  const shown = await document.getPage(page)
  const viewport = shown.getViewport({ scale, offsetX: -region.x * scale, offsetY: -region.y * scale })
  const [width, height] = [Math.round(region.width * scale), Math.round(region.height * scale)]
  const factory = document.canvasFactory as {
    create(
      width: number,
      height: number,
    ): {
      canvas: never
      context: {
        getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray }
      }
    }
  }
  const { canvas, context } = factory.create(width, height)
  await shown.render({ canvas, canvasContext: context as never, viewport }).promise
  const { data } = context.getImageData(0, 0, width, height)
  const pixels = new Uint8ClampedArray(width * height)
  for (let i = 0; i < pixels.length; i++) pixels[i] = data[i * 4 + 1] as number
  await task.destroy()
  return { pixels, width, height }
}

export function decodeCode128(picture: Picture): string {
  const source = new zxing.RGBLuminanceSource(picture.pixels, picture.width, picture.height)
  return new zxing.Code128Reader().decode(new zxing.BinaryBitmap(new zxing.HybridBinarizer(source))).getText()
}

export function decodeQr(picture: Picture): string | null {
  const rgba = Uint8ClampedArray.from({ length: picture.pixels.length * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (picture.pixels[i >> 2] as number),
  )
  return jsqr.default(rgba, picture.width, picture.height)?.data ?? null
}

/** Roles of the structure in reading order, depth first. */
export function roles(node: StructureNode | null): string[] {
  if (node === null) return []
  return [node.role ?? '', ...(node.children ?? []).flatMap((child) => ('type' in child ? [] : roles(child)))]
}

export function nodesOf(node: StructureNode | null): StructureNode[] {
  if (node === null) return []
  return [node, ...(node.children ?? []).flatMap((child) => ('type' in child ? [] : nodesOf(child)))]
}
