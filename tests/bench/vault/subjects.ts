/** Who seals, and how many MiB at a time: whoever is a twentieth as fast is measured as long. */
export const sealingSubjects = { pocas: 64, 'node:crypto': 64, 'age-encryption': 4 } as const;
export type SealingSubject = keyof typeof sealingSubjects;
export const sealingNames = Object.keys(sealingSubjects) as readonly SealingSubject[];
