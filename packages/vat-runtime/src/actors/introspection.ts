/** What objects say about themselves, and how much of it holds where not all methods are let through. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M, getInterfaceGuardPayload } from '@endo/patterns';
import type { Description } from '@pocas/vat-runtime';

const introspection = ['__getMethodNames__', '__getInterfaceGuard__', '__describe__'];

/** Whether a method only asks what an object is. It uses nothing up. */
export const isIntrospection = (method: string): boolean => introspection.includes(method);

const guardOf = (
  guard: InterfaceGuard<Record<string, MethodGuard>>,
  isLet: (method: string) => boolean,
): InterfaceGuard<Record<string, MethodGuard>> => {
  const { interfaceName, methodGuards, ...options } = getInterfaceGuardPayload(guard);
  const left = Object.fromEntries(
    Object.entries(methodGuards as Record<string, MethodGuard>).filter(([name]) => isLet(name)),
  );
  return M.interface(interfaceName, left, options as object) as InterfaceGuard<
    Record<string, MethodGuard>
  >;
};

const descriptionOf = (
  description: Description,
  isLet: (method: string) => boolean,
): Description => {
  const { methods, order, view, changes, ...rest } = description;
  return {
    ...rest,
    ...(view === undefined || !isLet(view) ? {} : { view }),
    ...(changes === undefined || !isLet(changes) ? {} : { changes }),
    methods: Object.fromEntries(Object.entries(methods).filter(([name]) => isLet(name))),
    ...(order === undefined ? {} : { order: { ...order, methods: order.methods.filter(isLet) } }),
  };
};

/** The answer of an object to `method`, without the methods that are not let through. */
export const onlyMethods = (
  method: string,
  answer: unknown,
  methods: readonly string[] | undefined,
): unknown => {
  if (methods === undefined) return answer;
  const isLet = (name: string) => methods.includes(name);
  switch (method) {
    case '__getMethodNames__':
      return (answer as string[]).filter((name) => isLet(name) || isIntrospection(name));
    case '__getInterfaceGuard__':
      return answer === undefined ? undefined : guardOf(answer as never, isLet);
    default:
      return descriptionOf(answer as Description, isLet);
  }
};
