/** The endpoints of ours that are compared, each with the same few members. */
import {
  type Message,
  checkMessage,
  defaultLimits,
  makeCaptpEndpoint,
  makeOwnEndpoint,
} from '@pocas/vat-runtime/testing';

export type EndName = 'guarded captp' | 'our endpoint';

export type End = {
  dispatch(message: unknown): void;
  getBootstrap(): Promise<unknown>;
};

/** @param bootstrap - what the other side gets */
export const makeEnd = (
  name: EndName,
  id: string,
  send: (message: Message) => void,
  bootstrap?: object,
): End => {
  const make = name === 'our endpoint' ? makeOwnEndpoint : makeCaptpEndpoint;
  const { dispatch, getBootstrap } = make({
    id,
    send,
    later: (task) => void setImmediate(task),
    ...(bootstrap === undefined ? {} : { bootstrap }),
  });
  return {
    // What comes in is checked, as it is wherever such an endpoint stands.
    dispatch: (message) => dispatch(checkMessage(message, defaultLimits)),
    getBootstrap,
  };
};
