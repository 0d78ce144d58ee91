/** The rules of a fund, pure: whoever has the inputs reckons the same. */
export * from './assurance.ts';
export * from './divide.ts';
export * from './envelope.ts';
export * from './plan.ts';
