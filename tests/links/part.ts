/** A part of the campaign `links`: what it is told, and what it reports. */
export type PartSettings = {
  readonly seed: number;
  /** At most so many; what a round is, each part says. */
  readonly rounds: number;
  /** Whether another round may begin. */
  readonly goesOn?: () => boolean;
  readonly progress?: (line: string) => void;
};

export type PartReport = {
  readonly part: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** Why nothing was tried here. */
  readonly notRun?: string;
};
