/** Who seals, and how many MiB at a time: whoever is a tenth as fast is measured as long. */
export const sealingSubjects = { pocas: 8, 'node:crypto': 8, 'age-encryption': 1 } as const;
export type SealingSubject = keyof typeof sealingSubjects;
export const sealingNames = Object.keys(sealingSubjects) as readonly SealingSubject[];
