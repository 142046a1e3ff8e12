/**
 * The 65 bars of an Intelligent Mail barcode as letters: F full, A ascender, D descender, T tracker (USPS-B-3200).
 *
 * The encoder's own drawing snaps bars to whole pixels; only their kind is taken from it, the geometry is ours.
 */
import bwipjs from 'bwip-js/node'
import { invariant } from '../../domain/invariant.js'

export type PostalBar = 'F' | 'A' | 'D' | 'T'

/** Bars per barcode. */
const POSTAL_BARS = 65

/** @param digits as `postalBarcodeDigits` makes them: 20, 25, 29 or 31. */
export function postalBars(digits: string): PostalBar[] {
  const [symbol] = bwipjs.raw('onecode', digits, {}) as unknown as [
    { readonly bbs: readonly number[]; readonly bhs: readonly number[] },
  ]
  invariant(symbol.bbs.length === POSTAL_BARS, 'the postal barcode has 65 bars')
  return symbol.bbs.map((base, i) => {
    const descends = base === 0
    const ascends = base + (symbol.bhs[i] as number) > TOP_OF_TRACKER
    return ascends ? (descends ? 'F' : 'A') : descends ? 'D' : 'T'
  })
}

/** Inches above the barcode's foot, between the tracker's top and a full bar's in the encoder's measure. */
const TOP_OF_TRACKER = 0.1
