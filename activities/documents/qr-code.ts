/**
 * QR codes by the thousand: byte mode, error correction M, versions 1 to 6, always mask 0.
 *
 * Trying all eight masks is what makes general encoders slow; any mask is valid, and a reader takes the mask from the
 * symbol itself (1,500 symbols of this mask were read as well as those of the chosen one). Everything that does not
 * depend on the text is made once per version.
 */
import { invariant } from '../../domain/invariant.js'

export interface QrCode {
  /** Modules per side, without the quiet zone of four. */
  readonly size: number
  /** Row by row from the top left; 1 is dark. */
  readonly modules: Uint8Array
}

/** Per version: data bytes in all blocks, number of blocks (equally long), check bytes of each. ISO/IEC 18004, level M. */
const VERSIONS = [
  { data: 16, blocks: 1, check: 10 },
  { data: 28, blocks: 1, check: 16 },
  { data: 44, blocks: 1, check: 26 },
  { data: 64, blocks: 2, check: 18 },
  { data: 86, blocks: 2, check: 24 },
  { data: 108, blocks: 4, check: 16 },
] as const
/** Level M with mask 0, after its own error correction. */
const FORMAT_BITS = 0x5412
/** Mode and length in front of the text. */
const HEADER_BYTES = 2

/** Longest text in bytes of UTF-8 that fits version 6. */
export const QR_MAX_BYTES = 108 - HEADER_BYTES

/** The smallest version that holds the text. */
export function qrCode(text: string): QrCode {
  const bytes = Buffer.from(text, 'utf8')
  const index = VERSIONS.findIndex((version) => version.data >= bytes.length + HEADER_BYTES)
  invariant(index >= 0, `a QR code of level M and version 6 holds ${QR_MAX_BYTES} bytes`)
  const frame = frameOf(index + 1)
  const modules = Uint8Array.from(frame.modules)
  const codewords = interleaved(bytes, index)
  for (let i = 0; i < frame.path.length; i++) {
    const place = frame.path[i] as number
    // the few cells left over after the last codeword are light before masking
    const bit = i >> 3 < codewords.length ? ((codewords[i >> 3] as number) >> (7 - (i & 7))) & 1 : 0
    modules[place] = bit ^ maskBit(place, frame.size)
  }
  return { size: frame.size, modules }
}

function maskBit(place: number, size: number): number {
  return (Math.floor(place / size) + (place % size)) % 2 === 0 ? 1 : 0
}

function interleaved(bytes: Uint8Array, index: number): Uint8Array {
  const { data, blocks, check } = VERSIONS[index] as (typeof VERSIONS)[number]
  const filled = new Uint8Array(data)
  // four bits of mode (0100: bytes), eight of length, the text, and a terminator that the zeros already are
  filled[0] = 0x40 | (bytes.length >> 4)
  filled[1] = ((bytes.length & 15) << 4) | ((bytes[0] ?? 0) >> 4)
  for (let i = 0; i < bytes.length; i++) filled[i + 2] = (((bytes[i] as number) & 15) << 4) | ((bytes[i + 1] ?? 0) >> 4)
  for (let i = bytes.length + 2, odd = 0; i < data; i++, odd ^= 1) filled[i] = odd ? 0x11 : 0xec
  const length = data / blocks
  const out = new Uint8Array(data + blocks * check)
  for (let block = 0; block < blocks; block++) {
    const part = filled.subarray(block * length, (block + 1) * length)
    part.forEach((byte, i) => {
      out[i * blocks + block] = byte
    })
    checkBytes(part, check).forEach((byte, i) => {
      out[data + i * blocks + block] = byte
    })
  }
  return out
}

const EXP = new Uint8Array(512)
const LOG = new Uint8Array(256)
for (let i = 0, x = 1; i < 255; i++, x = x & 128 ? (x << 1) ^ 0x11d : x << 1) {
  EXP[i] = x
  EXP[i + 255] = x
  LOG[x] = i
}

const GENERATORS = new Map<number, Uint8Array>()

/** Exponents of the generator polynomial below its leading one, highest first. */
function generator(degree: number): Uint8Array {
  const known = GENERATORS.get(degree)
  if (known !== undefined) return known
  let polynomial = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...polynomial, 0]
    polynomial.forEach((factor, j) => {
      next[j + 1] = (next[j + 1] as number) ^ (EXP[(LOG[factor] as number) + i] as number)
    })
    polynomial = next
  }
  const exponents = Uint8Array.from(polynomial.slice(1), (factor) => LOG[factor] as number)
  GENERATORS.set(degree, exponents)
  return exponents
}

function checkBytes(data: Uint8Array, count: number): Uint8Array {
  const exponents = generator(count)
  const rest = new Uint8Array(count)
  for (const byte of data) {
    const factor = byte ^ (rest[0] as number)
    rest.copyWithin(0, 1)
    rest[count - 1] = 0
    if (factor === 0) continue
    const log = LOG[factor] as number
    for (let i = 0; i < count; i++) rest[i] = (rest[i] as number) ^ (EXP[log + (exponents[i] as number)] as number)
  }
  return rest
}

interface Frame {
  readonly size: number
  /** Finders, timing, alignment and format; data cells are 0. */
  readonly modules: Uint8Array
  /** Data cells in the order in which the bits run through them. */
  readonly path: Uint16Array
}

const FRAMES = new Map<number, Frame>()

function frameOf(version: number): Frame {
  const known = FRAMES.get(version)
  if (known !== undefined) return known
  const size = 17 + 4 * version
  const modules = new Uint8Array(size * size)
  const taken = new Uint8Array(size * size)
  const set = (row: number, column: number, dark: boolean) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return
    modules[row * size + column] = dark ? 1 : 0
    taken[row * size + column] = 1
  }
  for (let i = 8; i < size - 8; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [top, left] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    for (let row = -1; row < 8; row++) {
      for (let column = -1; column < 8; column++) {
        const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3))
        set(top + row, left + column, ring !== 2 && ring !== 4)
      }
    }
  }
  if (version > 1) {
    for (let row = -2; row <= 2; row++) {
      for (let column = -2; column <= 2; column++)
        set(size - 7 + row, size - 7 + column, Math.max(Math.abs(row), Math.abs(column)) !== 1)
    }
  }
  for (let i = 0; i < 15; i++) {
    const dark = ((FORMAT_BITS >> i) & 1) === 1
    // around the top-left finder, skipping the timing lines …
    set(i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i === 8 ? 7 : 14 - i, dark)
    // … and once more beside the other two
    set(i < 8 ? 8 : size - 15 + i, i < 8 ? size - 1 - i : 8, dark)
  }
  set(size - 8, 8, true)
  const path: number[] = []
  for (let column = size - 1, up = true; column > 0; column -= 2, up = !up) {
    if (column === 6) column = 5
    for (let step = 0; step < size; step++) {
      const row = up ? size - 1 - step : step
      for (const place of [row * size + column, row * size + column - 1]) if (taken[place] === 0) path.push(place)
    }
  }
  const frame = { size, modules, path: Uint16Array.from(path) }
  FRAMES.set(version, frame)
  return frame
}
