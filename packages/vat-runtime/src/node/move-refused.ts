/** Why a poca is not moved, in words for the person who does it. */

export type MoveFault =
  | 'malformed'
  | 'other-secret'
  | 'wrong-key'
  | 'altered'
  | 'not-whole'
  | 'not-verified'
  | 'unsound'
  | 'file-exists'
  | 'bad-name'
  | 'not-empty'
  | 'moved';

const words: { readonly [fault in MoveFault]: string } = {
  malformed: 'the file is no bundle of a poca, or one that another version made',
  'other-secret': 'the bundle is opened in another way: by a passphrase, or by shares of stewards',
  'wrong-key': 'the passphrase or the shares are wrong, or the beginning of the file was altered',
  altered: 'the file was altered or damaged, or its end is missing; copy it again',
  'not-whole': 'the export that wrote the file did not end; run it again',
  'not-verified': 'what the disk gives back is not what was written; check the disk',
  unsound:
    'the store is damaged; see what is there with pocas check, and recover or restore it first',
  'file-exists': 'the file is there already; give another name',
  'bad-name': 'the name of the file has a line break; give another name',
  'not-empty': 'the directory has something in it; give a new one',
  moved: 'the poca of this directory was moved before',
};

export class MoveRefusedError extends Error {
  readonly code = 'POCAS_MOVE_REFUSED';
  readonly fault: MoveFault;
  constructor(fault: MoveFault, options?: ErrorOptions) {
    super(`Cannot move poca: ${words[fault]}`, options);
    this.name = 'MoveRefusedError';
    this.fault = fault;
  }
}
