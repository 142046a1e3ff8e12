/**
 * A party that takes files by name: over SFTP in the field, in a folder where a mail house asks for one.
 *
 * A file is written under a temporary name and renamed: its final name is either absent or whole. What is there can be asked, so
 * that an attempt that died in between is not guessed about.
 */
export interface FileParty {
  /** Writes and renames; `handOver` is called after the last byte is written and before the rename. */
  deliver(name: string, content: Uint8Array, handOver: () => Promise<void>): Promise<void>
  /** What the party has under that name: the whole file, only its temporary form, or nothing. */
  look(name: string, bytes: number): Promise<'whole' | 'unfinished' | 'absent'>
  /** Finishes a delivery whose temporary file is complete. */
  finish(name: string): Promise<void>
  /** Whole files waiting for us in one of the party's folders, oldest name first. */
  waiting(folder: string): Promise<readonly WaitingFile[]>
  /** Takes a file away after it was stored: those very bytes, never what the party has put there under the same name since. */
  remove(folder: string, file: WaitingFile): Promise<void>
  close(): Promise<void>
}

export interface WaitingFile {
  /** As the party named it. */
  readonly name: string
  /** Where it lies: under its name, or under the one by which it was set aside to be taken away. */
  readonly path: string
  readonly content: Uint8Array
}

/** The other side does not show the key that was agreed: it may be somebody else. Nothing was said to it. */
export class HostKeyChanged extends Error {
  override readonly name = 'HostKeyChanged'
  constructor() {
    super('the file server shows another host key than the pinned one; confirm the new key with its owner, then pin it')
  }
}

/** A file set aside: this, eight characters that make it unlike any other, a hyphen, its own name. */
export const ASIDE = /^taken-[0-9a-f]{8}-(?=.)/

/** Names under which a file is not finished, by custom of such servers. */
export const UNFINISHED_SUFFIX = '.tmp'
