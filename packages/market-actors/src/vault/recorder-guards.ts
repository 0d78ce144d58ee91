/** What a recorder's facet accepts. It is held by the program beside a camera. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, view } from '../inside/shapes.ts';
import { SealShape, SegmentShape } from './shapes.ts';

export const RecorderI: Described<Methods<'view' | 'changes' | 'seal' | 'expired' | 'deleted'>> =
  describe(
    M.interface('VaultRecorder', {
      view: ViewGuard,
      changes: ChangesGuard,
      seal: M.call(SealShape).returns(M.record()),
      expired: M.call().returns(M.array()),
      deleted: M.call(M.arrayOf(SegmentShape, { arrayLengthLimit: 30 })).returns(M.record()),
    }),
    {
      label: { en: 'Camera of the vault', es: 'Cámara de la bóveda' },
      help: {
        en: 'It seals what it sees and cannot open it again.',
        es: 'Sella lo que ve y no puede volver a abrirlo.',
      },
      title: 'camera',
      view: 'view',
      changes: 'changes',
      fields: {
        camera: { label: { en: 'Camera', es: 'Cámara' } },
        isOpen: {
          label: { en: 'May record', es: 'Puede grabar' },
          values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
        },
        toDelete: { label: { en: 'Files to delete', es: 'Archivos por borrar' } },
      },
      methods: {
        view,
        changes,
        seal: {
          label: { en: 'Seal a segment', es: 'Sellar un segmento' },
          args: [{ name: 'seal', kind: 'text' }],
          hidden: true,
        },
        expired: {
          label: { en: 'What is to be deleted', es: 'Lo que hay que borrar' },
          args: [],
          hidden: true,
        },
        deleted: {
          label: { en: 'It is deleted', es: 'Ya se borró' },
          args: [{ name: 'segments', kind: 'text' }],
          hidden: true,
        },
      },
    },
  );
