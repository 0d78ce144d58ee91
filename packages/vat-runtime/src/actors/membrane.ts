export const makeMembrane = (target: object, rules: object): unknown => [target, rules];
