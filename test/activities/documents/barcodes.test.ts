import bwipjs from 'bwip-js/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { code128 } from '../../../activities/documents/code-128.js'
import { postalBars } from '../../../activities/documents/postal-bars.js'
import { QR_MAX_BYTES, qrCode } from '../../../activities/documents/qr-code.js'
import { LETTER_CODES, letterCode } from '../../../domain/letter-code.js'
import { decodeCode128, decodeQr } from './rendered-page.js'
import type { Picture } from './rendered-page.js'

/** Dark cells with a quiet zone, as pixels of luminance. */
function picture(size: number, height: number, dark: (column: number, row: number) => boolean): Picture {
  const [scale, quiet] = [4, 10]
  const width = (size + 2 * quiet) * scale
  const tall = (height + 2 * quiet) * scale
  const pixels = new Uint8ClampedArray(width * tall).fill(255)
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [Math.floor(x / scale) - quiet, Math.floor(y / scale) - quiet]
      if (column >= 0 && row >= 0 && column < size && row < height && dark(column, row)) pixels[y * width + x] = 0
    }
  }
  return { pixels, width, height: tall }
}

function readQr(text: string): string | null {
  const { size, modules } = qrCode(text)
  return decodeQr(picture(size, size, (x, y) => modules[y * size + x] === 1))
}

describe('QR code', () => {
  test.each([1, 14, 15, 26, 27, 42, 43, 62, 63, 84, 85, QR_MAX_BYTES])(
    'of %i bytes is read by another decoder',
    (length) => {
      const text = `https://optout.example/r/${'7K3M9QXWP'.repeat(20)}`.slice(0, length)
      expect(readQr(text)).toBe(text)
    },
  )

  test('of any letter code in a link is read by another decoder', () => {
    fc.assert(
      fc.property(fc.nat(LETTER_CODES - 1), (number) => {
        const text = `https://optout.example/r/${letterCode(number)}`
        expect(readQr(text)).toBe(text)
      }),
      { numRuns: 100 },
    )
  })

  test('a text too long for version 6 is a bug, never a broken symbol', () => {
    expect(() => qrCode('x'.repeat(QR_MAX_BYTES + 1))).toThrow()
  })
})

describe('Code 128', () => {
  const bars = (text: string) => code128(text).flatMap((width, i) => Array<boolean>(width).fill(i % 2 === 0))

  test('is read by another decoder', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,20}$/), (text) => {
        const modules = bars(text)
        expect(decodeCode128(picture(modules.length, 20, (x) => modules[x] === true))).toBe(text)
      }),
      { numRuns: 60 },
    )
  })

  test('has the bars of another encoder', () => {
    const [other] = bwipjs.raw('code128', '7K3M9QXWP', { suppressc: true } as object) as unknown as [{ sbs: number[] }]
    expect(code128('7K3M9QXWP')).toEqual(other.sbs.slice(0, 11 * 6 + 7))
  })

  test('letters outside ASCII are a bug', () => {
    expect(() => code128('é')).toThrow()
  })
})

describe('Intelligent Mail barcode, published examples (USPS-B-3200)', () => {
  test.each([
    ['01234567094987654321', 'ATTFATTDTTADTAATTDTDTATTDAFDDFADFDFTFFFFFTATFAAAATDFFTDAADFTFDTDT'],
    ['0123456709498765432101234', 'DTTAFADDTTFTDTFTFDTDDADADAFADFATDDFTAAAFDTTADFAAATDFDTDFADDDTDFFT'],
    ['01234567094987654321012345678', 'ADFTTAFDTTTTFATTADTAAATFTFTATDAAAFDDADATATDTDTTDFDTDATADADTDFFTFA'],
    ['0123456709498765432101234567891', 'AADTFFDFTDADTAADAATFDTDDAAADDTDTTDAFADADDDTFFFDDTTTADFAAADFTDAADA'],
  ])('%s', (digits, bars) => {
    expect(postalBars(digits).join('')).toBe(bars)
  })
})
