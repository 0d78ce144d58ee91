/** SPEC 7.1 once more, from its text and in ordinary numbers, to hold the rule against. */
export type ModelParams = {
  W: number;
  c: number;
  h: number;
  beta: number;
  cap: number;
  chi: number;
};
export const specDefaults: ModelParams = { W: 12, c: 60, h: 120, beta: 900, cap: 400, chi: 500 };

/** Sales and spending, `[k]` epochs ago. */
export type ModelMember = { s: number[]; p: number[]; r: number };

export const modelLimits = (
  { W, c, h, beta, cap, chi }: ModelParams,
  members: readonly ModelMember[],
): { T: number; v: number; E: number; L: number[] } => {
  const upTo = (value = 0) => Math.min(value, c);
  const turnovers: number[] = [];
  const activities: number[] = [];
  for (const { s, p } of members) {
    let t = 0;
    let A = 0;
    for (let k = 0; k < W; k += 1) {
      t += upTo(s[k]);
      const d = 1000 - Math.floor((1000 * k) / W);
      A += Math.floor(((upTo(s[k]) + upTo(p[k])) * d) / 2000);
    }
    turnovers.push(t);
    activities.push(A);
  }
  const T = turnovers.reduce((total, t) => total + t, 0);
  const v = T === 0 ? 0 : Math.floor(turnovers.reduce((total, t) => total + t ** 2, 0) / T);
  const wanted = members.map(({ r }, i) => {
    const saturation = Math.floor((1000 * activities[i]!) / (activities[i]! + h));
    return Math.min(cap, Math.floor((v * beta * saturation * r) / 1e9));
  });
  const E = Math.floor((chi * T) / 1000);
  const all = wanted.reduce((total, L) => total + L, 0);
  return { T, v, E, L: all > E ? wanted.map((L) => Math.floor((L * E) / all)) : wanted };
};
