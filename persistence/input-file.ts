/** Reading a file that a person wrote: whatever is wrong with it ends in one sentence. */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'

/**
 * A file that cannot be used. The message is one sentence (what, where, how to mend) without any content of the file
 * that could name a person; the command prints it and ends with exit code 2.
 */
export class InputFileError extends Error {
  override readonly name = 'InputFileError'
}

/** The text without a byte order mark. @throws InputFileError when there is no such file or it is not UTF-8. */
export function readInputText(path: string, kind: string): string {
  const bytes = readInputBytes(path, kind)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InputFileError(`The ${kind} ${path} is not text in UTF-8; save it again in that encoding.`)
  }
}

/** The file as it is. @throws InputFileError when there is no such file. */
export function readInputBytes(path: string, kind: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new InputFileError(`The ${kind} ${path} cannot be read (${reasonOf(error)}); name a file that exists.`)
  }
}

/** @throws InputFileError when the file is not one JSON document. */
export function readJson(path: string, kind: string): unknown {
  const text = readInputText(path, kind)
  try {
    return JSON.parse(text)
  } catch {
    throw new InputFileError(`The ${kind} ${path} is not a JSON document; correct its punctuation or write it again.`)
  }
}

/** The checked value. @throws InputFileError naming file, place and fault of the first thing that is wrong. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, path: string, kind: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new InputFileError(`The ${kind} ${path} is wrong at ${firstFault(result.error)}; correct that entry.`)
}

/** Place and fault of the first issue, for example `window.initial.value: expected number, received string`. */
export function firstFault(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'its top: not what is expected'
  const place = issue.path.length === 0 ? 'its top' : issue.path.map(String).join('.')
  const fault = issue.message
    .replace(/^Invalid input: /, '')
    .replace(/^./, (letter) => letter.toLowerCase())
    .replace(/^expected .*, received undefined$/, 'it is missing')
  return `${place}: ${fault}`
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  return code ?? 'unknown reason'
}
